import type { Warning } from "../../api/types";
import { defineWords } from "../../words/define";

const zhStates: Record<Warning["state"], string> = {
  active: "未确认",
  acknowledged: "已确认",
  ended: "已结束",
  cancelled: "已撤销",
};

const enStates: Record<Warning["state"], string> = {
  active: "Unacknowledged",
  acknowledged: "Acknowledged",
  ended: "Ended",
  cancelled: "Cancelled",
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
    token: "访问令牌",
    tokenHint: "服务器要求令牌才能操作。令牌只在本次浏览器会话中保存。",
    probability: (percent: number) => `概率 ${percent}%`,
    order: "处置",
    orderOf: (name: string) => `处置预警：${name}`,
    action: (action: string) =>
      ({ hold: "保持（不降级、不解除）", raise: "提升", cancel: "撤销", release: "交还系统" })[
        action
      ] ?? action,
    ordered: (action: string) =>
      ({ hold: "已保持", raise: "已提升", cancel: "已撤销" })[action] ?? action,
    ownView: "系统判断",
    raiseTo: "提升到",
    reason: "理由",
    reasonHint: "理由、姓名和时间记入日志，并写入对外消息。",
    storm: (since: string, n: number) => `本场 ${since} 起 · ${n} 处`,
    unacknowledged: (n: number) => (n > 0 ? `${n} 处未确认` : "全部已确认"),
    restsOn: (n: number) => `预报依据：${n} 个集合成员`,
    leftOut: (n: number) => `${n} 项测量未采用`,
    shed: (n: number, asked: number, min: number) =>
      `计算时间不足：${asked} 个成员中用了 ${n} 个，预报到 ${min} 分钟`,
    messages: (n: number) => `对外消息（${n}）`,
    kind: (kind: string) => ({ alert: "发布", update: "更新", cancel: "解除" })[kind] ?? kind,
    notice: (state: string, attempts: number) =>
      `${{ waits: "等待", delivered: "已送达", given_up: "放弃" }[state] ?? state}（${attempts} 次）`,
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
    token: "Access token",
    tokenHint: "The server wants a token for this. It is kept for this browser session only.",
    probability: (percent: number) => `probability ${percent} %`,
    order: "Order",
    orderOf: (name: string) => `Order about the warning for ${name}`,
    action: (action: string) =>
      ({
        hold: "Hold (neither lowered nor ended)",
        raise: "Raise",
        cancel: "Cancel",
        release: "Leave it to the system",
      })[action] ?? action,
    ordered: (action: string) =>
      ({ hold: "Held", raise: "Raised", cancel: "Cancelled" })[action] ?? action,
    ownView: "the system says",
    raiseTo: "Raise to",
    reason: "Reason",
    reasonHint: "Reason, name and time go into the log and into messages to the outside.",
    storm: (since: string, n: number) => `Storm since ${since} · ${n} ${n === 1 ? "place" : "places"}`,
    unacknowledged: (n: number) => (n > 0 ? `${n} unacknowledged` : "all acknowledged"),
    restsOn: (n: number) => `Forecast of ${n} members`,
    leftOut: (n: number) => `${n} ${n === 1 ? "measurement" : "measurements"} left out`,
    shed: (n: number, asked: number, min: number) =>
      `Time did not allow for all: ${n} of ${asked} members, ${min} min ahead`,
    messages: (n: number) => `Messages to the outside (${n})`,
    kind: (kind: string) => ({ alert: "alert", update: "update", cancel: "cancel" })[kind] ?? kind,
    notice: (state: string, attempts: number) =>
      `${{ waits: "waits", delivered: "delivered", given_up: "given up" }[state] ?? state} (${attempts} tries)`,
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
