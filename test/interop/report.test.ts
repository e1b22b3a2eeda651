import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe, { type AxeResults } from "axe-core";
import { afterAll, describe, expect } from "vitest";
import { Report } from "../../src/core/report/report.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { S, Scene, X } from "../classify/contexts.js";
import { chat } from "../export/samples.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";
import { OPTIONS, render } from "../report/render.js";
import { HeadlessBrowser, type Opened } from "./browser.js";
import { itWith } from "./peers.js";

const CAPTURES = fileURLToPath(new URL("../../captures/", import.meta.url));
const HOSTILE = `"><script>window.hit=1;alert(1)</script><img src=x onerror="window.hit=1"><svg onload="window.hit=1"><!--</title></style></script></textarea>'`;

let browser: HeadlessBrowser;
afterAll(() => browser?.close());

function it(name: string, run: () => Promise<void>): void {
	itWith("chromium", name, async () => {
		browser ??= await HeadlessBrowser.launch();
		await run();
	});
}

/** A room whose Contact an ALG rewrote: three messages to Bob, two of them shown wrongly by some. */
function room(): string {
	const scene = new Scene("K3");
	scene.cpim(S, S);
	scene.cpim("sip:alice@example.com", S);
	scene.cpim("sip:alice@example.com", "sip:bob@example.com");
	return render(scene.drive.entries);
}

const rows = ({ page }: Opened) => page.locator("#ladder-view .row");
const bands = ({ page }: Opened) => page.locator("#ladder-view .band[role=treeitem]");
const numbers = async (opened: Opened): Promise<string[]> =>
	(await rows(opened).locator(".num").allTextContents()).map((text) => text.trim());
const details = ({ page }: Opened) => page.locator("#details");
const silent = ({ said, asked }: Opened): void => expect({ said, asked }).toEqual({ said: [], asked: [] });

async function filter(opened: Opened, text: string, result: RegExp): Promise<void> {
	await opened.page.getByRole("searchbox", { name: "Filter messages" }).fill(text);
	await opened.page.locator("#filter-result").filter({ hasText: result }).waitFor();
}

describe("the report in a browser", () => {
	it("draws everything, offline, and the browser has nothing to say", async () => {
		const opened = await browser.open(room());
		expect(await opened.page.locator("h2").allTextContents()).toEqual([
			"Summary",
			"Divergences",
			"Messages",
			"Delivery",
			"Rewriting",
			"Boxes in the path",
			"Clauses",
			"Findings",
		]);
		expect(await numbers(opened)).toEqual(["#1", "#2", "#3", "#4", "#5", "#6", "#7"]);
		expect(await rows(opened).nth(4).getAttribute("aria-label")).toMatch(
			/^#5 0\.0500 SYS !DO1 DA1… SEND SEND m-t1abcd .*«hello», from 198\.51\.100\.20 to 192\.0\.2\.40, clients differ: DO1 DA1 DC1$/,
		);
		await opened.page.waitForLoadState("networkidle");
		silent(opened);
	});

	it("a link to a message shows it, with the reason and the octets that decided", async () => {
		const opened = await browser.open(room());
		await opened.page.locator("#divergences").getByRole("link", { name: "#6" }).first().click();
		await details(opened).getByRole("heading", { name: "#6 MSRP SEND" }).waitFor();
		expect(await details(opened).locator("h4").allTextContents()).toEqual([
			"Verdict",
			"The message",
			"What was known at that moment, and from where",
			"What each kind of client shows, and why",
			"Rules and clauses (CR: the OMA change request on isfocus)",
			"What would change it",
			"The content that was judged; marked is what decided",
			"As on the wire",
		]);
		expect(await details(opened).locator("pre mark[title*='what clients compare']").allTextContents()).toEqual([
			"sip:alice@example.com",
			S,
		]);
		expect(await opened.page.locator("#ladder-view [aria-selected=true] .num").textContent()).toBe("#6 ");
		await details(opened).getByRole("link", { name: "#4" }).first().click();
		await details(opened).getByRole("heading", { name: "#4 SIP 200" }).waitFor();
		expect(await details(opened).locator("del").allTextContents()).toEqual([`<${S}>;isfocus`]);
		expect(await details(opened).locator("ins").allTextContents()).toEqual([`<${X}>`]);
		silent(opened);
	});

	it("the address may name a message", async () => {
		const opened = await browser.open(room(), {}, "#m5");
		await details(opened).getByRole("heading", { name: "#5 MSRP SEND" }).waitFor();
		silent(opened);
	});

	it("what was marked is told with its reason; a message that is not there is said to be missing", async () => {
		const opened = await browser.open(room(), {}, "#m6");
		await details(opened).getByRole("heading", { name: "#6 MSRP SEND" }).waitFor();
		expect(await details(opened).locator("pre:has(mark[title*='compare']) + ul li").allTextContents()).toEqual([
			"sip:alice@example.com – From: what clients compare; R16, RFC 7701 §6.1",
			`${S} – To: what clients compare; R20, CR 7.1.3.3`,
		]);
		await opened.page.evaluate("location.hash = '#m99'");
		await opened.page.locator("#filter-result", { hasText: "#99 is not in this report" }).waitFor();
		silent(opened);
	});

	it("filters by text, number, class and divergence, and says what is wrong with a filter", async () => {
		const opened = await browser.open(room());
		const result = opened.page.locator("#filter-result");
		expect(await result.textContent()).toBe("7 of 7 messages");
		await filter(opened, "invite", /^4 of 7/);
		expect(await numbers(opened)).toEqual(["#1", "#2", "#3", "#4"]);
		await filter(opened, "invite -is:response", /^2 of 7/);
		await filter(opened, '"200 OK" is:rewritten', /^1 of 7/);
		expect(await numbers(opened)).toEqual(["#4"]);
		await filter(opened, "class:sys", /^1 of 7/);
		await filter(opened, "#7", /^1 of 7/);
		await filter(opened, "nothing like it", /^0 of 7/);
		expect(await opened.page.locator("#ladder-view").textContent()).toContain("No message matches the filter.");
		await filter(opened, "is:wrong", /there is divergent, finding/);
		const input = opened.page.getByRole("searchbox");
		expect(await input.getAttribute("aria-invalid")).toBe("true");
		await filter(opened, "", /^7 of 7/);
		await opened.page.getByRole("button", { name: "Only divergent" }).click();
		expect(await numbers(opened)).toEqual(["#5", "#6", "#7"]);
		await opened.page.getByRole("button", { name: "GRP", exact: true }).click();
		expect(await numbers(opened)).toEqual(["#6"]);
		// A link leads to its message although the filters hide it: they go.
		await opened.page.locator("#rewriting").getByRole("link", { name: "#4" }).click();
		expect(await result.textContent()).toBe("7 of 7 messages");
		silent(opened);
	});

	it("folds sessions and chunks", async () => {
		const opened = await browser.open(render(chat()));
		expect(await numbers(opened)).toEqual(["#1", "#2", "#3", "#4", "#5", "#7", "#11", "#12"]);
		expect(await rows(opened).nth(4).getAttribute("aria-expanded")).toBe("false");
		await rows(opened).nth(4).click();
		expect(await numbers(opened)).toEqual(["#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#11", "#12"]);
		await bands(opened).first().click();
		expect(await numbers(opened)).toEqual([]);
		expect(await bands(opened).first().getAttribute("aria-expanded")).toBe("false");
		await opened.page.getByRole("button", { name: "Unfold all" }).click();
		expect(await rows(opened).count()).toBe(12);
		await opened.page.getByRole("button", { name: "Fold all", exact: true }).click();
		expect(await rows(opened).count()).toBe(0);
		silent(opened);
	});

	it("everything by keyboard", async () => {
		const opened = await browser.open(render(chat()));
		const { keyboard } = opened.page;
		await keyboard.press("Tab");
		expect(await opened.page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
		const reached: string[] = [];
		for (let presses = 0; presses < 40 && !reached.includes("ladder-view"); presses++) {
			await keyboard.press("Tab");
			reached.push(await opened.page.evaluate<string>("document.activeElement.id"));
		}
		expect(reached).toContain("ladder-view");
		const current = opened.page.locator("#ladder-view [aria-selected=true]");
		const active = (): Promise<string | null> => opened.page.locator("#ladder-view").getAttribute("aria-activedescendant");
		await keyboard.press("ArrowDown");
		expect(await current.locator(".num").textContent()).toBe("#1 ");
		expect(await active()).toBe(await current.getAttribute("id"));
		await keyboard.press("End");
		expect(await current.locator(".num").textContent()).toBe("#12 ");
		await keyboard.press("ArrowLeft");
		expect(await current.getAttribute("class")).toContain("band");
		await keyboard.press("ArrowLeft");
		expect(await rows(opened).count()).toBe(0);
		await keyboard.press("ArrowRight");
		for (let presses = 0; presses < 5; presses++) await keyboard.press("ArrowDown");
		expect(await current.locator(".num").textContent()).toBe("#5 ");
		await keyboard.press("ArrowRight");
		expect(await rows(opened).count()).toBe(10);
		await keyboard.press("Enter");
		expect(await opened.page.evaluate("document.activeElement.id")).toBe("details");
		expect(await details(opened).locator("h3").textContent()).toBe("#5 MSRP SEND");
		await keyboard.press("Escape");
		expect(await opened.page.evaluate("document.activeElement.id")).toBe("ladder-view");
		await keyboard.press("Home");
		expect(await current.getAttribute("class")).toContain("band");
		silent(opened);
	});

	it("light, dark, and as the system has it", async () => {
		const opened = await browser.open(room(), { colorScheme: "dark" });
		const colour = (): Promise<string> => opened.page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
		const button = opened.page.getByRole("button", { name: /^Theme/ });
		const dark = await colour();
		await button.click();
		expect(await button.textContent()).toBe("Theme: light");
		const light = await colour();
		expect(light).not.toBe(dark);
		await button.click();
		expect(await colour()).toBe(dark);
		await opened.page.emulateMedia({ colorScheme: "light" });
		expect(await colour()).toBe(dark);
		await button.click();
		expect(await colour()).toBe(light);
		silent(opened);
	});

	for (const colorScheme of ["light", "dark"] as const) {
		for (const width of [1280, 400]) {
			it(`axe finds nothing: ${colorScheme}, ${width} pixels`, async () => {
				const opened = await browser.open(room(), { colorScheme, viewport: { width, height: 900 }, bypassCSP: true }, "#m6");
				await details(opened).getByRole("heading", { name: "#6 MSRP SEND" }).waitFor();
				await opened.page.evaluate(axe.source);
				const { violations, passes } = await opened.page.evaluate<AxeResults>("axe.run()");
				expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`)).toEqual([]);
				expect(passes.map(({ id }) => id)).toContain("color-contrast");
			});
		}
	}

	it("nothing is cut off at 400 pixels", async () => {
		const opened = await browser.open(room(), { viewport: { width: 400, height: 800 } });
		expect(await opened.page.evaluate("document.documentElement.scrollWidth")).toBe(400);
	});

	it("a capture full of script tags does nothing", async () => {
		const drive = new Drive({ classify: {} });
		const headers = {
			From: `"${HOSTILE}" <sip:a@example.com>;tag=1`,
			To: `<sip:${HOSTILE}@example.com>`,
			"Call-ID": HOSTILE,
			CSeq: "1 MESSAGE",
		};
		drive
			.connect("192.0.2.1:5060", "192.0.2.2:5060")
			.send(
				"a",
				sip(`MESSAGE sip:${HOSTILE.replaceAll(" ", "")}@example.com SIP/2.0`, { ...headers, Subject: HOSTILE }, HOSTILE, "text/html"),
			);
		const cpim = `From: ${HOSTILE} <sip:room@example.com;isfocus>\r\nTo: <sip:${HOSTILE}@example.com>\r\nSubject: ${HOSTILE}\r\n\r\nContent-Type: text/html\r\n\r\n${HOSTILE}`;
		const chat = drive.connect("192.0.2.1:40000", "192.0.2.2:2855");
		for (let count = 0; count < 20; count++)
			chat.send("a", msrpSend(`abcd${count}`, "msrp://192.0.2.2:2855/b;tcp", "msrp://192.0.2.1:7/a;tcp", cpim, "message/cpim"));
		const opened = await browser.open(render(drive.entries, { title: HOSTILE, source: HOSTILE }));
		expect(await opened.page.title()).toBe(`${HOSTILE} – mitmsrp report`);
		const count = await rows(opened).count();
		expect(count).toBe(21);
		for (let index = 0; index < count; index++) await rows(opened).nth(index).click();
		await filter(opened, HOSTILE.slice(0, 8), /of 21/);
		await opened.page.waitForLoadState("networkidle");
		expect(await opened.page.evaluate("window.hit")).toBeUndefined();
		expect(await opened.page.locator("main img, main script, #details svg, [onerror], [onload]").count()).toBe(0);
		expect(await details(opened).textContent()).toContain("<script>window.hit=1;alert(1)</script>");
		silent(opened);
	});

	it("the policy refuses a script that got in all the same", async () => {
		const page = room().replace(
			"<main",
			`<script>window.hit=1</script><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onload="window.hit=2"><main`,
		);
		const opened = await browser.open(page);
		await opened.page.waitForLoadState("networkidle");
		expect(await opened.page.evaluate("window.hit")).toBeUndefined();
		expect(opened.said.length).toBeGreaterThanOrEqual(2);
		for (const text of opened.said) expect(text).toMatch(/Content Security Policy/);
		expect(await numbers(opened)).toHaveLength(7);
	});

	it("10,000 messages: ready soon, and every action is answered at once", async () => {
		const scene = new Scene("K3");
		for (let count = 0; count < 9_996; count++) scene.cpim(count % 3 === 0 ? S : "sip:alice@example.com", S);
		const opened = await browser.open(render(scene.drive.entries));
		const result = opened.page.locator("#filter-result");
		expect(await result.textContent()).toBe("10000 of 10000 messages");
		expect(opened.took).toBeLessThan(6_000);
		const timed = async (act: () => Promise<unknown>): Promise<number> => {
			const began = performance.now();
			await act();
			return performance.now() - began;
		};
		const times = {
			filter: await timed(() => filter(opened, "class:sys", /^3332 of 10000/)),
			unfilter: await timed(() => filter(opened, "", /^10000 of 10000/)),
			end: await timed(async () => {
				await opened.page.locator("#ladder-view").focus();
				await opened.page.keyboard.press("End");
				await details(opened).getByRole("heading", { name: "#10000 MSRP SEND" }).waitFor();
			}),
			scroll: await timed(async () => {
				await opened.page.locator("#ladder-view").evaluate((view) => view.scrollTo({ top: view.scrollHeight / 2 }));
				await rows(opened).locator(".num", { hasText: "#5000" }).waitFor();
			}),
			fold: await timed(() => opened.page.getByRole("button", { name: "Fold all", exact: true }).click()),
			unfold: await timed(() => opened.page.getByRole("button", { name: "Unfold all" }).click()),
		};
		for (const [what, took] of Object.entries(times)) expect({ what, late: took > 1_500 ? took : 0 }).toEqual({ what, late: 0 });
		// Only what is in sight is drawn.
		expect(await opened.page.locator("#ladder-view *").count()).toBeLessThan(1_500);
		// The longest that a key may block the page, without the way to the browser and back.
		const blocked = await opened.page.evaluate<number>(`(() => {
			const view = document.getElementById("ladder-view");
			let longest = 0;
			for (let presses = 0; presses < 200; presses++) {
				const began = performance.now();
				view.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
				longest = Math.max(longest, performance.now() - began);
			}
			return longest;
		})()`);
		expect(blocked).toBeLessThan(250);
		silent(opened);
	});

	it("prints: the whole ladder, no controls, light whatever the screen has", async () => {
		const scene = new Scene("K3");
		for (let count = 0; count < 100; count++) scene.cpim(S, S);
		const opened = await browser.open(render(scene.drive.entries), { colorScheme: "dark" });
		await opened.page.emulateMedia({ media: "print" });
		await opened.page.locator("#ladder-view .sheets").waitFor();
		expect(await opened.page.locator("#ladder-view .sheets .row").count()).toBe(104);
		for (const hidden of ["nav", "#tools", "#theme"]) expect(await opened.page.locator(hidden).isVisible()).toBe(false);
		expect(await opened.page.evaluate<string>("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
		const pdf = await opened.page.pdf({ format: "A4" });
		expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
		expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThan(3);
		await opened.page.emulateMedia({ media: "screen" });
		await opened.page.locator("#ladder-view .sheets").waitFor({ state: "detached" });
		expect(await rows(opened).count()).toBeGreaterThan(10);
		silent(opened);
	});

	it("without scripts everything but the ladder is there, and it says so", async () => {
		const { page } = await browser.open(room(), { javaScriptEnabled: false });
		expect(await page.locator("noscript").textContent()).toContain("need JavaScript");
		expect(await page.locator("#tools").isVisible()).toBe(false);
		expect(await page.locator("#divergences tbody tr").count()).toBeGreaterThan(2);
	});

	const captures = readdirSync(CAPTURES).filter((name) => /\.(?:pcap|pcapng|cap)$/.test(name));
	for (let from = 0; from < captures.length; from += 12) {
		it(`captures ${from + 1} to ${Math.min(from + 12, captures.length)} open without a word`, async () => {
			for (const name of captures.slice(from, from + 12)) {
				const report = new Report({ ...OPTIONS, source: name });
				await analyzeCapture(
					`${CAPTURES}${name}`,
					{ follow: false, keyLogs: [], signal: AbortSignal.timeout(60_000), classify: {} },
					{
						start: (at) => report.start(at),
						entry: (entry) => report.entry(entry),
						late: (number, problem) => report.late(number, problem),
						progress: () => {},
						done: () => false,
						blocked: () => undefined,
					},
				);
				const opened = await browser.open(report.html());
				expect(await opened.page.locator("#filter-result").textContent()).toBe(`${report.messages} of ${report.messages} messages`);
				if (report.messages > 0) await rows(opened).first().click();
				expect({ name, said: opened.said, asked: opened.asked }).toEqual({ name, said: [], asked: [] });
				await opened.page.context().close();
			}
		});
	}
});
