import { defineWords } from "../../words/define";

export const words = defineWords({
  zh: {
    title: "所选易涝点",
    modelledNow: "当前（模型）",
    measuredNow: "当前（实测）",
    forecastMax: "预报最深",
    modelled: "模型",
    forecast: "预报",
    measured: "实测",
    at: (time: string) => `${time} 出现`,
    now: "现在",
    chances: "预报时段内达到各级的概率",
    band: "预报的八成范围",
    issued: "预报发布于",
    noSensor: "无测点",
    curve: (name: string) =>
      `${name} 的水深曲线：模型值为实线，预报为虚线，实测为圆点，水平线为各级预警水深。`,
  },
  en: {
    title: "Chosen point",
    modelledNow: "Now, modelled",
    measuredNow: "Now, measured",
    forecastMax: "Forecast maximum",
    modelled: "modelled",
    forecast: "forecast",
    measured: "measured",
    at: (time: string) => `at ${time}`,
    now: "now",
    chances: "Probability of each class within the forecast",
    band: "eight tenths of the members",
    issued: "forecast issued",
    noSensor: "no sensor",
    curve: (name: string) =>
      `Depth at ${name}: modelled as a line, forecast dashed, measured as dots; level lines are the depths of the classes.`,
  },
});
