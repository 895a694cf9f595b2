import { defineWords } from "./define";

/** What the server says of a value's quality, and which of its checks said so. */
const zh: Record<string, string> = {
  good: "正常",
  suspect: "存疑",
  bad: "不可用",
  range: "超出量程",
  rate: "变化过快",
  stuck: "数值不变",
  spike: "突跳",
  drift: "漂移",
  missing: "缺测",
  clock: "时钟异常",
  device: "仪器自报",
};
const en: Record<string, string> = {
  range: "out of range",
  rate: "changes too fast",
  stuck: "does not change",
  missing: "next one missing",
  clock: "wrong clock",
  device: "device says so",
};

export const words = defineWords({
  zh: { qualityOf: (word: string): string => zh[word] ?? word },
  en: { qualityOf: (word: string): string => en[word] ?? word },
});
