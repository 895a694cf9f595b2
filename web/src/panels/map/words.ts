import { defineWords } from "../../words/define";
import type { LayerId } from "./layers";

const zhLayers: Record<LayerId, string> = {
  relief: "地形",
  roads: "道路",
  crews: "抢险队与路线",
  network: "排水管网",
  depots: "抢险队驻地",
  plants: "污水处理厂",
  level: "液位计",
  flow: "流量计",
  rain: "雨量站",
  cameras: "摄像机",
};

const enLayers: Record<LayerId, string> = {
  relief: "Relief",
  roads: "Roads",
  crews: "Crews and their ways",
  network: "Drainage network",
  depots: "Crew depots",
  plants: "Treatment plants",
  level: "Level sensors",
  flow: "Flow sensors",
  rain: "Rain gauges",
  cameras: "Cameras",
};

export const words = defineWords({
  zh: {
    title: "地图",
    legend: "图例与图层",
    layer: (id: LayerId) => zhLayers[id],
    classes: "易涝点（预警等级）",
    calm: "无预警",
    zoomIn: "放大",
    zoomOut: "缩小",
    fit: "全图",
    points: "地图上的易涝点；方向键移到相邻的点",
    marker: (name: string, hazard: string, now: string, ahead: string) =>
      `${name}，${hazard}，当前 ${now}，预报最深 ${ahead}`,
    drawing: "此浏览器不支持 WebGL，地图为简图。",
    noMap: "地图未能打开；列表和曲线不受影响。",
    crew: (n: number, vehicles: number) => `${n} 人 · ${vehicles} 辆车`,
    at: (element: string) => `位于 ${element}`,
    noValue: "尚无测量值",
    covers: (point: string) => `看 ${point}`,
    quality: "质量",
  },
  en: {
    title: "Map",
    legend: "Legend and layers",
    layer: (id: LayerId) => enLayers[id],
    classes: "Flood-prone points (class)",
    calm: "no warning",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Whole city",
    points: "Flood-prone points on the map; arrow keys go to the neighbouring point",
    marker: (name: string, hazard: string, now: string, ahead: string) =>
      `${name}, ${hazard}, now ${now}, forecast maximum ${ahead}`,
    drawing: "This browser has no WebGL; the map is a plain drawing.",
    noMap: "The map did not open; lists and curves are not affected.",
    crew: (n: number, vehicles: number) =>
      `${n} ${n === 1 ? "person" : "people"} · ${vehicles} ${vehicles === 1 ? "vehicle" : "vehicles"}`,
    at: (element: string) => `at ${element}`,
    noValue: "no measurement yet",
    covers: (point: string) => `looks at ${point}`,
    quality: "quality",
  },
});
