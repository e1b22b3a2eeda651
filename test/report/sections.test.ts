import { describe, expect, test } from "vitest";
import { Report } from "../../src/core/report/report.js";
import type { MsrpEntry } from "../../src/index.js";
import { S, S0, Scene, X } from "../classify/contexts.js";
import { chat } from "../export/samples.js";
import { ladderOf, OPTIONS, render, sectionOf, textOf } from "./render.js";

const ALICE = "sip:alice@example.com";

function scene(context: "K1" | "K3", ...messages: [from: string, to: string][]): string {
	const scene = new Scene(context);
	for (const [from, to] of messages) scene.cpim(from, to);
	return render(scene.drive.entries);
}

const said = (page: string, id: string): string => textOf(sectionOf(page, id)!);

describe("summary", () => {
	test.each<[string, string, string]>([
		[scene("K1", [S, S]), "Every kind of client shows every message alike", "1 message of conferences was judged."],
		[
			scene("K3", [S, S], [ALICE, S]),
			"Identity-comparing clients show 2 messages wrongly",
			"For isfocus-reading clients it is none. 2 messages of conferences were judged.",
		],
		[scene("K3", [S0, S0]), "Identity-comparing clients show 1 message wrongly", "For isfocus-reading clients it is 1."],
		[scene("K3", [X, X]), "Isfocus-reading clients show 1 message wrongly", "For identity-comparing clients it is none."],
		[render(chat()), "Nothing on which clients could differ", "No CPIM message of a conference was seen."],
	])("%#: who shows what wrongly", (page, main, more) => {
		expect(/<p class="headline[^>]*>([^<]*)<\/p>/.exec(page)![1]).toBe(main);
		expect(textOf(/<p class="subline">(.*?)<\/p>/s.exec(page)![1]!)).toContain(more);
	});

	test("a copy on the other leg counts once, as it left the box", () => {
		const entries = new Scene("K3");
		entries.cpim(S, S);
		const { msrp } = entries.drive.entries.at(-1) as MsrpEntry;
		const octets = Buffer.from(msrp.bytes.subarray(msrp.start, msrp.end));
		entries.drive.connect("203.0.113.9:40001", "198.51.100.20:2855").send("b", octets);
		const page = render(entries.drive.entries);
		expect(
			ladderOf(page)
				.rows.slice(-2)
				.map(({ c, d }) => [c, d?.includes("DA1")]),
		).toEqual([
			["SYS", true],
			["SYS", true],
		]);
		expect(said(page, "summary")).toContain("Identity-comparing clients show 1 message wrongly");
		expect(said(page, "summary")).toContain("1 message of conferences was judged; a copy on another leg is not counted.");
	});

	test("numbers, and classes in words beside the bar", () => {
		const text = said(scene("K3", [S, S], [ALICE, S]), "summary");
		expect(text).toContain("messages 6 SIP / MSRP 4 / 2 session 1 from first to last 0.060 s error 1 warnings 2");
		expect(text).toContain("Classes of 2 messages, as a compliant client shows them GRP 1 group SYS 1 system");
	});
});

describe("divergences", () => {
	test("by cause, with what each kind shows and what is true", () => {
		const text = said(scene("K3", [S, S]), "divergences");
		expect(text).toContain(`Contact rewritten: &lt;${S}&gt; became &lt;${X}&gt;`);
		expect(text).toContain("DA1 a client that compares identities shows a message to all as private");
		expect(text).toContain(`#5 c1 DO1 DA1 &lt;${S}&gt; → &lt;${S}&gt; PRIV wrong SYS SYS`);
	});

	test("none is said in a sentence", () => {
		expect(said(render(chat()), "divergences")).toBe(
			"Divergences no CPIM message of a conference was seen: nothing on which clients could differ",
		);
	});
});

describe("delivery", () => {
	const page = render(chat());
	const section = sectionOf(page, "chains")!;

	test("what came back, how long after, and what is missing", () => {
		const text = textOf(section);
		expect(text).toContain("2 chat messages; missing: 1 IMDN delivered, 1 IMDN displayed.");
		expect(text).toMatch(/#3 .*Alice → room: text\/plain «Hello, room!» .*1\.0 ms – missing missing #5/);
		expect(text).toMatch(/#5 .*5\.00 s \(3\) 7\.00 s – –$/);
	});

	test("a chart: a mark for each answer on a logarithmic axis, its shape by kind", () => {
		const charts = [...section.matchAll(/<svg class="timing".*?<\/svg>/gs)].map(([svg]) => svg);
		expect(charts).toHaveLength(2);
		const place = (svg: string, kind: string): number[] =>
			[...svg.matchAll(new RegExp(`class="mark ${kind}" (?:cx|x)="([0-9.]+)"`, "g"))].map(([, x]) => Number(x));
		const [first, second] = charts as [string, string];
		expect(place(first, "response")).toHaveLength(1);
		expect(place(second, "response")).toHaveLength(3);
		expect(place(second, "report")).toHaveLength(1);
		expect(place(second, "response")[0]!).toBeGreaterThan(place(first, "response")[0]!);
		expect(place(second, "report")[0]! + 4).toBeGreaterThan(place(second, "response")[0]!);
		expect(first.match(/class="lost"/g)).toHaveLength(2);
		expect(second).not.toContain("lost");
	});
});

describe("rewriting", () => {
	test("what it did to the session, and each change before and after", () => {
		const text = said(scene("K3", [S, S]), "rewriting");
		expect(text).toContain("with this rewriting a client that compares identities shows a system message as a private message");
		expect(text).toContain(`#4 200 OK (INVITE, sdp: MSRP) since #3 Contact &lt;${S}&gt;;isfocus &lt;${X}&gt;`);
	});

	test("absent where nothing was changed", () => {
		expect(sectionOf(render(chat()), "rewriting")).toBeUndefined();
	});
});

describe("clauses", () => {
	test("the gravest first, with evidence; those that did not apply are counted", () => {
		const page = scene("K3", [S, S]);
		const section = sectionOf(page, "checks")!;
		expect(textOf(section)).toMatch(/^Clauses info 1 unknown 3 pass 16 n\/a 25 /);
		expect(textOf(section)).toContain("25 checks did not apply: their preconditions were not met.");
		const results = [...section.matchAll(/<tr><th scope="row">C\d+<\/th><td><span class="chip result-([a-z]+)"/g)].map(
			([, result]) => result,
		);
		expect(results).toEqual(["info", ...Array(3).fill("unknown"), ...Array(16).fill("pass")]);
	});

	test("a violation is unfolded and names its messages", () => {
		const section = sectionOf(scene("K1", [S, S], [S0, S]), "checks")!;
		expect(section).toMatch(
			/<details open><summary>evidence<\/summary><ul><li><span class="chip result-violation">violation<\/span> <a href="#m4">#4<\/a>/,
		);
	});
});

describe("findings", () => {
	test("the worst first, with clause and messages", () => {
		const text = said(render(chat()), "findings");
		expect(text).toMatch(
			/2 kinds of finding\. .*✗ sip\.missing-header 1 .*\(no Max-Forwards\\x1b\) RFC 3261 §8\.1\.1 #2 ! sip\.start-line-extra-space 1/,
		);
	});

	test("none; damage of the capture is told of", () => {
		expect(said(render([]), "findings")).toBe("Findings Nothing is wrong with any message.");
		const report = new Report(OPTIONS);
		report.damage({ id: "cap.truncated", offset: 120, length: 0, detail: "<cut>" });
		expect(said(report.html(), "findings")).toMatch(
			/^Findings . cap\.truncated at octet 120 of the capture: .*\(&lt;cut&gt;\) Nothing is wrong/,
		);
	});
});
