import type { Clock } from "../api/types";
import { defineWords } from "../words/define";

const zhStates: Record<Clock["state"], string> = {
  running: "回放中",
  paused: "已暂停",
  ended: "已结束",
  live: "实时",
};

const enStates: Record<Clock["state"], string> = {
  running: "Replaying",
  paused: "Paused",
  ended: "Ended",
  live: "Live",
};

export const words = defineWords({
  zh: {
    language: "English",
    languageHint: "Switch to English",
    whatIsSimulated: "哪些数据不是真实观测",
    madeUpCity: "城市、管网和地名为虚构。",
    measurements: {
      simulated: "测量值为模拟：取自加扰动的模型副本。",
      made: "测量值为虚构。",
    },
    madeUpStorm: "降雨过程为虚构。",
    warnings: (n: number) => `${n} 条预警基于模拟数据。`,
    storm: "降雨过程",
    clock: "过程时钟",
    state: (state: Clock["state"]) => zhStates[state],
    slower: (pace: number) => `≈${pace}×`,
    slowerHint: "模型跟不上所选速度，这是实际速度。",
    progress: (percent: number) => `过程已进行 ${percent} %`,
    pause: "暂停",
    resume: "继续",
    speed: "回放速度",
    speedOf: (n: number) => `${n} 倍速`,
    tally: "当前预警",
    tallyNone: "当前无预警",
    unseen: (n: number) => `未确认 ${n} 条`,
    lost: (time: string) => `与服务器失去联系。以下为 ${time} 的数据，不再更新；正在重连…`,
    lostAtStart: "尚未连上服务器，正在重试…",
    skip: "跳到预警列表",
  },
  en: {
    language: "中文",
    languageHint: "切换为中文",
    whatIsSimulated: "What is not a real observation",
    madeUpCity: "The city, its network and its names are made up.",
    measurements: {
      simulated: "Measurements are simulated: from a perturbed copy of the model.",
      made: "Measurements are made up.",
    },
    madeUpStorm: "The storm is made up.",
    warnings: (n: number) =>
      n === 1 ? "1 warning rests on simulated data." : `${n} warnings rest on simulated data.`,
    storm: "Storm",
    clock: "Storm's clock",
    state: (state: Clock["state"]) => enStates[state],
    slower: (pace: number) => `≈${pace}×`,
    slowerHint: "The model can't keep the chosen speed; this is the real one.",
    progress: (percent: number) => `${percent} % of the storm has passed`,
    pause: "Pause",
    resume: "Resume",
    speed: "Replay speed",
    speedOf: (n: number) => `${n} times`,
    tally: "Warnings now",
    tallyNone: "No warnings now",
    unseen: (n: number) => `${n} unacknowledged`,
    lost: (time: string) =>
      `Connection to the server lost. Figures are those of ${time} and stand still; reconnecting…`,
    lostAtStart: "The server does not answer yet; trying again…",
    skip: "Skip to the warnings",
  },
});
