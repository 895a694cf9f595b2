import type { Health } from "../../api/types";
import { defineWords } from "../../words/define";

const zhModel: Record<Health["model"], string> = {
  running: "运行",
  stopped: "停止",
  failed: "故障",
};
const enModel: Record<Health["model"], string> = {
  running: "running",
  stopped: "stopped",
  failed: "failed",
};

export const words = defineWords({
  zh: {
    title: "系统状态",
    forecast: "最近预报",
    noForecast: "尚无",
    took: (seconds: string) => `用时 ${seconds}`,
    model: "实时模型",
    modelState: (state: Health["model"]) => zhModel[state],
    behind: (seconds: string) => `滞后 ${seconds}`,
    samples: "已存样本",
    samplesUnit: "条",
    quality: "测值质量",
    qualityText: (bad: number, suspect: number) =>
      bad + suspect > 0 ? `${bad} 个不可用，${suspect} 个存疑` : "正常",
    badRain: (n: number) => `模型未采用 ${n} 条雨量`,
    store: "存储",
    ok: "正常",
    link: "连接",
    lost: "中断",
  },
  en: {
    title: "System health",
    forecast: "Last forecast",
    noForecast: "none yet",
    took: (seconds: string) => `took ${seconds}`,
    model: "Live model",
    modelState: (state: Health["model"]) => enModel[state],
    behind: (seconds: string) => `${seconds} behind`,
    samples: "Stored",
    samplesUnit: "samples",
    quality: "Values",
    qualityText: (bad: number, suspect: number) =>
      bad + suspect > 0 ? `${bad} bad, ${suspect} suspect` : "good",
    badRain: (n: number) => `${n} of rain not taken by the model`,
    store: "Store",
    ok: "ok",
    link: "Connection",
    lost: "lost",
  },
});
