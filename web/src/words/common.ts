import type { HazardClass } from "../api/types";
import type { AgeUnit } from "../base/age";
import { defineWords } from "./define";

const zhUnits: Record<AgeUnit, string> = { s: "秒", min: "分钟", h: "小时", d: "天" };

const zhClasses: Record<HazardClass, string> = {
  blue: "蓝色 Ⅳ级",
  yellow: "黄色 Ⅲ级",
  orange: "橙色 Ⅱ级",
  red: "红色 Ⅰ级",
};

const enClasses: Record<HazardClass, string> = {
  blue: "Blue · IV",
  yellow: "Yellow · III",
  orange: "Orange · II",
  red: "Red · I",
};

export const words = defineWords({
  zh: {
    product: "深泓",
    class: (hazard: HazardClass) => zhClasses[hazard],
    noClass: "无预警",
    ago: (value: number, unit: AgeUnit) => `${value} ${zhUnits[unit]}前`,
    stale: "过时",
    simulated: "模拟",
    loading: "正在读取…",
    failed: (why: string) => `未能完成：${why}`,
    retry: "重试",
    close: "关闭",
  },
  en: {
    product: "Thalweg",
    class: (hazard: HazardClass) => enClasses[hazard],
    noClass: "no warning",
    ago: (value: number, unit: AgeUnit) => `${value} ${unit} ago`,
    stale: "stale",
    simulated: "simulated",
    loading: "Loading…",
    failed: (why: string) => `Not done: ${why}`,
    retry: "Try again",
    close: "Close",
  },
});
