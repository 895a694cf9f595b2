import { defineWords } from "../../words/define";

const zhStates: Record<string, string> = {
  draft: "草案",
  approved: "已批准",
  sent: "已下达",
  accepted: "已接受",
  rolling: "在途",
  arrived: "已到达",
  working: "处置中",
  done: "已完成",
  refused: "已拒绝",
  withdrawn: "已撤回",
};

const zhCauses: Record<string, string> = {
  forecast: "新预报",
  measurement: "预警变化",
  report: "队伍上报",
  road: "道路封闭",
  refusal: "有队拒绝",
  breakdown: "车辆故障",
  rule: "调度员指定",
  asked: "人工要求",
};

const enCauses: Record<string, string> = {
  forecast: "a new forecast",
  measurement: "a warning changed",
  report: "a crew's report",
  road: "a closed road",
  refusal: "a refusal",
  breakdown: "a breakdown",
  rule: "the dispatcher's wish",
  asked: "asked for",
};

const zhItems: Record<string, string> = {
  sandbags: "沙袋",
  barriers_m: "挡水板（米）",
  cones: "锥桶",
  pumps: "水泵",
};

const enItems: Record<string, string> = {
  sandbags: "sandbags",
  barriers_m: "barriers (m)",
  cones: "cones",
  pumps: "pumps",
};

export const words = defineWords({
  zh: {
    item: (id: string) => zhItems[id] ?? id,
    title: "调度",
    state: (id: string) => zhStates[id] ?? id,
    cause: (ids: string) =>
      ids
        .split(" ")
        .map((id) => zhCauses[id] ?? id)
        .join("、"),
    plan: (id: number) => `方案 ${id}`,
    machine: (ms: number) => `计算 ${(ms / 1000).toFixed(1)} s`,
    noPlan: "目前无需派队。",
    approveAll: (n: number) => `全部批准（${n}）`,
    approve: "批准",
    approveOf: (crew: string, place: string) => `批准 ${crew} 前往 ${place}`,
    replan: "重新计算",
    details: "变化与原因",
    drafts: "待批准",
    now: "现在",
    planned: "方案",
    free: "待命",
    points: "易涝点缺口",
    point: "点位",
    people: "人员 到场/在途/需要",
    missing: "缺口",
    clock: "预警起",
    nothing: "满足",
    covered: (minutes: string) => `${minutes} 到位`,
    running: (minutes: string) => `${minutes} …`,
    orders: (n: number) => `执行中（${n}）`,
    crew: "队伍",
    stateHead: "状态",
    withdraw: "撤回",
    withdrawOf: (crew: string) => `撤回 ${crew} 的任务`,
    rerouted: "已改道",
    recalls: "已无需求，可撤回",
    stock: "物资不足",
    left: (kind: string, stock: number, full: number) => `${kind} ${stock}/${full}`,
    phones: "队伍手机链接",
    link: "新链接",
    linkOf: (crew: string) => `为 ${crew} 生成新链接`,
    linkHint: "发给该队；旧链接随即失效。",
    reported: "队伍上报水深",
    drill: "演练",
    helps: "最有帮助",
    unreachable: "无路可达",
  },
  en: {
    item: (id: string) => enItems[id] ?? id,
    title: "Dispatch",
    state: (id: string) => id,
    cause: (ids: string) =>
      ids
        .split(" ")
        .map((id) => enCauses[id] ?? id)
        .join(", "),
    plan: (id: number) => `Plan ${id}`,
    machine: (ms: number) => `computed in ${(ms / 1000).toFixed(1)} s`,
    noPlan: "Nobody needs to be sent now.",
    approveAll: (n: number) => `Approve all (${n})`,
    approve: "Approve",
    approveOf: (crew: string, place: string) => `Approve ${crew} to ${place}`,
    replan: "Plan again",
    details: "What changed and why",
    drafts: "To be approved",
    now: "now",
    planned: "plan",
    free: "ready",
    points: "What points lack",
    point: "Point",
    people: "People there/coming/needed",
    missing: "Lacks",
    clock: "Since warning",
    nothing: "nothing",
    covered: (minutes: string) => `in place in ${minutes}`,
    running: (minutes: string) => `${minutes} …`,
    orders: (n: number) => `Under way (${n})`,
    crew: "Crew",
    stateHead: "State",
    withdraw: "Withdraw",
    withdrawOf: (crew: string) => `Withdraw the order of ${crew}`,
    rerouted: "sent another way",
    recalls: "Not needed any more",
    stock: "Supplies run low",
    left: (kind: string, stock: number, full: number) => `${kind} ${stock}/${full}`,
    phones: "Links for crews' phones",
    link: "New link",
    linkOf: (crew: string) => `New link for ${crew}`,
    linkHint: "Send it to the crew; the link before is worthless then.",
    reported: "Depths that crews report",
    drill: "drill",
    helps: "What would help most",
    unreachable: "nobody can reach it",
  },
});
