import { defineWords } from "../../words/define";

export const words = defineWords({
  zh: {
    title: "污水处理厂",
    summary: (n: number, wrong: number) =>
      wrong > 0 ? `污水处理厂 ${n} 座，${wrong} 座报警` : `污水处理厂 ${n} 座，无报警`,
    alarms: (n: number) => (n > 0 ? `⚠ ${n} 项越限` : "无报警"),
  },
  en: {
    title: "Treatment plants",
    summary: (n: number, wrong: number) =>
      wrong > 0 ? `${n} treatment plants, ${wrong} with alarms` : `${n} treatment plants, no alarm`,
    alarms: (n: number) => (n > 0 ? `⚠ ${n} beyond alarms` : "no alarm"),
  },
});
