import { defineWords } from "../../words/define";

const zhStates: Record<string, string> = {
  never: "从未联系",
  silent: "无声",
  refused: "被拒",
  speaks: "在线",
};
const enStates: Record<string, string> = {
  never: "never heard",
  silent: "silent",
  refused: "refused",
  speaks: "speaks",
};

export const words = defineWords({
  zh: {
    title: "设备",
    summary: (n: number, wrong: number) =>
      wrong > 0 ? `设备 ${n} 台，${wrong} 台无声或被拒` : `设备 ${n} 台，均在线`,
    name: "设备",
    state: "状态",
    stateOf: (state: string): string => zhStates[state] ?? state,
    contact: "最近联系",
    lag: "滞后",
    samples: "样本",
    gaps: "中断",
    refused: "拒收",
  },
  en: {
    title: "Devices",
    summary: (n: number, wrong: number) =>
      wrong > 0 ? `${n} devices, ${wrong} silent or refused` : `${n} devices, all speak`,
    name: "Device",
    state: "State",
    stateOf: (state: string): string => enStates[state] ?? state,
    contact: "Last contact",
    lag: "Lag",
    samples: "Samples",
    gaps: "Gaps",
    refused: "Refused",
  },
});
