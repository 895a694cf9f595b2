import { defineWords } from "../../words/define";

export const words = defineWords({
  zh: {
    title: "易涝点",
    id: "编号",
    name: "名称",
    depth: "当前水深（模型）",
    depthShort: "当前",
    forecast: "预报最深",
    when: "时刻",
    class: "预警",
    updated: "模型值",
    hint: "选择一行即在地图和曲线中显示该点。",
  },
  en: {
    title: "Flood-prone points",
    id: "Id",
    name: "Name",
    depth: "Depth now (modelled)",
    depthShort: "Now",
    forecast: "Forecast max.",
    when: "At",
    class: "Warning",
    updated: "Modelled values",
    hint: "Choose a row to see the point on the map and its curves.",
  },
});
