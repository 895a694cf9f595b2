/* node tests/page/screenshot.mjs ADDRESS OUT.png [zh|en] [1600x900]: what a person sees there, e.g. for
 * the README or an issue. The address may end in #POINT, or be a crew's link (390x844). */
import { launch, missing, openPage } from "./browser.mjs";

const [address, out, lang = "zh", size = "1600x900"] = process.argv.slice(2);
const why = missing();
if (!out || why) {
  console.error(
    why ?? "usage: node tests/page/screenshot.mjs ADDRESS OUT.png [zh|en] [WIDTHxHEIGHT]",
  );
  process.exit(2);
}
const [width, height] = size.split("x").map(Number);
const browser = await launch();
const { page, complaints } = await openPage(browser, address, {
  lang: lang === "zh" ? "zh-CN" : "en-GB",
  width,
  height,
});
await page.waitForSelector(".map[data-map=gl], .map[data-map=drawing], .crew, .works");
await page.waitForTimeout(3000); /* the map draws its layers one after the other */
await page.screenshot({ path: out });
await browser.close();
for (const complaint of complaints) console.error(complaint);
