import type { Warning } from "../../api/types";
import { defineWords } from "../../words/define";

const zhStates: Record<Warning["state"], string> = {
  active: "未确认",
  acknowledged: "已确认",
  ended: "已结束",
};

const enStates: Record<Warning["state"], string> = {
  active: "Unacknowledged",
  acknowledged: "Acknowledged",
  ended: "Ended",
};

/** Minutes as "38" or, from two hours, as "2 h 05". */
const enLead = (min: number): string =>
  min < 120 ? `${min} min` : `${Math.floor(min / 60)} h ${String(min % 60).padStart(2, "0")} min`;
const zhLead = (min: number): string =>
  min < 120
    ? `${min} 分钟`
    : `${Math.floor(min / 60)} 小时 ${String(min % 60).padStart(2, "0")} 分`;

export const words = defineWords({
  zh: {
    title: "预警",
    lead: zhLead,
    leadHint: "提前量",
    lateHint: "已过预计",
    flooded: "积水中",
    floodedFor: (time: string) => `已 ${time}`,
    depth: "预计最深",
    passes: (depth: string, time: string) => `${time} 达到 ${depth}`,
    reached: (time: string) => `${time} 起已积水`,
    notReached: "尚未到达",
    state: (state: Warning["state"]) => zhStates[state],
    issued: "发布",
    updated: "更新",
    acknowledge: "确认",
    acknowledgeOf: (name: string) => `确认预警：${name}`,
    who: "确认人",
    whoHint: "姓名将随每次确认记入日志。",
    change: "更改",
    accept: "确定",
    cancel: "取消",
    none: "当前没有预警",
    noneSince: (time: string) => `自 ${time} 起无预警`,
    endedReached: (time: string) => `${time} 曾积水`,
    endedDry: "未积水",
    ended: (n: number) => `已结束的预警（${n}）`,
    announce: (hazard: string, name: string, depth: string, lead: string) =>
      `新预警：${name}，${hazard}，预计 ${depth}，${lead}后`,
    more: (n: number) => `另有 ${n} 条新预警`,
  },
  en: {
    title: "Warnings",
    lead: enLead,
    leadHint: "lead time",
    lateHint: "past expected",
    flooded: "Flooded",
    floodedFor: (time: string) => `for ${time}`,
    depth: "Expected",
    passes: (depth: string, time: string) => `passes ${depth} at ${time}`,
    reached: (time: string) => `under water since ${time}`,
    notReached: "not reached yet",
    state: (state: Warning["state"]) => enStates[state],
    issued: "issued",
    updated: "updated",
    acknowledge: "Acknowledge",
    acknowledgeOf: (name: string) => `Acknowledge the warning for ${name}`,
    who: "Acknowledged by",
    whoHint: "The name goes into the log with each acknowledgement.",
    change: "Change",
    accept: "OK",
    cancel: "Cancel",
    none: "No warnings now",
    noneSince: (time: string) => `None since ${time}`,
    endedReached: (time: string) => `flooded at ${time}`,
    endedDry: "did not flood",
    ended: (n: number) => `Ended warnings (${n})`,
    announce: (hazard: string, name: string, depth: string, lead: string) =>
      `New warning: ${name}, ${hazard}, ${depth} expected in ${lead}`,
    more: (n: number) => `and ${n} more new warnings`,
  },
});
