import { defineWords } from "../../words/define";

const zhKinds: Record<string, string> = { level: "液位", flow: "流量", rain: "雨量" };

export const words = defineWords({
  zh: {
    title: "传感器",
    summary: (n: number, stale: number) =>
      stale > 0 ? `传感器 ${n} 个，${stale} 个数据过时` : `传感器 ${n} 个，数据均有效`,
    none: "没有传感器",
    id: "编号",
    kind: "类型",
    kindOf: (kind: string): string => zhKinds[kind] ?? kind,
    element: "位置",
    value: "测值",
    age: "时间",
    quality: "质量",
  },
  en: {
    title: "Sensors",
    summary: (n: number, stale: number) =>
      stale > 0 ? `${n} sensors, ${stale} with stale values` : `${n} sensors, none stale`,
    none: "no sensors",
    id: "Id",
    kind: "Kind",
    kindOf: (kind: string): string => kind,
    element: "At",
    value: "Value",
    age: "Age",
    quality: "Quality",
  },
});
