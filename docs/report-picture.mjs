// Takes docs/report.png: the HTML report of what `mitmsrp demo` records, with a message chosen. Run after a build: node docs/report-picture.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { smallerPng } from "./smaller-png.mjs";

const root = new URL("../", import.meta.url);
const target = fileURLToPath(new URL("docs/report.png", root));
const MOST = 300_000;
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-picture-"));
const capture = join(folder, "demo.pcapng");
const report = join(folder, "demo.html");

function mitmsrp(...args) {
	const run = spawnSync(process.execPath, [fileURLToPath(new URL("dist/shell/cli/main.js", root)), ...args], { encoding: "utf8" });
	if (run.status !== 0) throw new Error(run.stderr);
}

try {
	mitmsrp("demo", "--write", capture);
	mitmsrp("report", capture, "-o", report);
	const found = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).stdout.trim();
	const browser = await chromium.launch({
		executablePath: found,
		args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
	});
	const page = await browser.newPage({ viewport: { width: 1200, height: 540 }, colorScheme: "light" });
	await page.goto(pathToFileURL(report).href);
	// The second message that identity-comparing clients show wrongly: one of a person, to all.
	const wrong = page.locator("#divergences tr", {
		has: page.locator(".code", { hasText: /^DA1$/ }),
		hasNot: page.locator(".code", { hasText: /^DO1$/ }),
	});
	await wrong.first().getByRole("link").click();
	await page.locator("#details h3").waitFor();
	// What has the focus has a frame around it: nothing for a picture.
	await page.evaluate("document.activeElement.blur()");
	const { y, height } = await page.evaluate(`(() => {
		scrollTo({ top: 0, behavior: "instant" });
		const { top, height } = document.getElementById("ladder").getBoundingClientRect();
		return { y: top, height };
	})()`);
	const taken = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: 1200, height: Math.ceil(y + height + 12) } });
	const picture = smallerPng(taken);
	if (picture.length > MOST) throw new Error(`docs/report.png would have ${picture.length} octets: at most ${MOST}`);
	writeFileSync(target, picture);
	await browser.close();
} finally {
	rmSync(folder, { recursive: true });
}
