import { defineWords } from "../../words/define";

export const words = defineWords({
  zh: {
    title: "降雨过程",
    gauge: "雨量站",
    mean: (n: number) => `${n} 站平均`,
    rate: "当前雨强",
    total: "累计雨量",
    peak: "最大雨强",
    ahead: (min: number) => `未来 ${min} 分钟`,
    measured: "实测",
    forecast: (kind: "honest" | "perfect"): string =>
      kind === "perfect" ? "预报（用实际降雨）" : "预报（由实测推算）",
    now: "现在",
    dry: (time: string) => `${time} 起无雨`,
    none: "无雨量站",
    chart: (gauge: string) => `${gauge} 的雨强：现在之前为实测，之后为预报（斜线）。`,
  },
  en: {
    title: "Rain",
    gauge: "Gauge",
    mean: (n: number) => `mean of ${n} gauges`,
    rate: "Rate now",
    total: "Fallen",
    peak: "Greatest rate",
    ahead: (min: number) => `Next ${min} min`,
    measured: "measured",
    forecast: (kind: "honest" | "perfect"): string =>
      kind === "perfect" ? "forecast (the storm's own rain)" : "forecast (from what is measured)",
    now: "now",
    dry: (time: string) => `dry since ${time}`,
    none: "no rain gauge",
    chart: (gauge: string) =>
      `Rain rate, ${gauge}: measured up to now, forecast after it (hatched).`,
  },
});
