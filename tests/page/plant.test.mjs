/* A plant's page as its operator meets it, against the real server (TW_COMMAND) and the example city:
 * what arrives and leaves, advice and a person's answer to it, an inspection and its ticks. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, missing, none, openPage } from "./browser.mjs";
import { json, startReal, until } from "./site.mjs";

const why = missing() ?? (process.env.TW_COMMAND ? null : "TW_COMMAND names no thalweg");
if (why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

const DAY_AHEAD = 96; /* quarters of an hour */
let site;
let browser;

before(async () => {
  site = await startReal(async (address) => {
    const { model } = await json(address, "plants/W1");
    return model.state === "running";
  });
  browser = await launch({ webgl: false });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const open = async (lang) => {
  const { page, complaints } = await openPage(browser, `${site.address}plant.html#W1`, { lang });
  await page.waitForSelector(".works .ahead-table");
  return { page, complaints };
};

test("what arrives and leaves is foretold for two days, and judged for one", async () => {
  const { model } = await json(site.address, "plants/W1");
  assert.equal(model.inflow.middle.length, 2 * DAY_AHEAD);
  for (const { kind, middle, mean_middle } of model.effluent) {
    assert.equal(middle.length, 2 * DAY_AHEAD, kind);
    const day = middle.slice(0, DAY_AHEAD).map(([, value]) => value);
    assert.ok(mean_middle >= Math.min(...day) && mean_middle <= Math.max(...day), kind);
  }
  const { page, complaints } = await open("en-GB");
  assert.match(await page.textContent(".works"), /Mean of the next 24 h/);
  assert.ok((await page.$$(".works .chart canvas")).length >= 2);
  assert.match(await page.textContent(".works"), /simulated/);
  none(await barriers(page));
  none(complaints);
  await page.close();
});

test("advice is asked for, shown beside leaving as is, and accepted by a name", async () => {
  const { page, complaints } = await open("en-GB");
  await page.getByRole("button", { name: "Make advice" }).click();
  await page.waitForSelector("th:text-is('advised')", { timeout: 90_000 });
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await page.waitForSelector("text=✓ accepted", { timeout: 10_000 });
  const [kept] = await json(site.address, "plants/W1/advice");
  assert.equal(kept.answer.answer, "accept");
  assert.ok(kept.answer.who.length > 0);
  assert.equal(kept.score, null); /* its day is not over */
  none(complaints);
  await page.close();
});

test("an inspection is run, and in Chinese says how bad each line is in words", async () => {
  const { page, complaints } = await open("zh-CN");
  await page.getByRole("button", { name: "立即巡检" }).click();
  await until("the report is there", 30_000, async () => {
    const list = await json(site.address, "inspections");
    return list.length > 0;
  });
  await page.waitForSelector("text=项正常", { timeout: 20_000 });
  none(await barriers(page));
  none(complaints);
  await page.close();
});
