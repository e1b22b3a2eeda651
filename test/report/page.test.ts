import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Scene } from "../classify/contexts.js";
import { chat } from "../export/samples.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";
import { dataOf, ladderOf, render, sectionOf, textOf } from "./render.js";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)><!--</title></style></script>'`;

describe("the page", () => {
	test("the script is what src/page makes", () => {
		const { status, stderr } = spawnSync(
			process.execPath,
			[fileURLToPath(new URL("../../docs/page-text.mjs", import.meta.url)), "--check"],
			{
				encoding: "utf8",
			},
		);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
	});

	test("the policy allows this style sheet and this script, and nothing else", () => {
		const page = render(chat());
		const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)![1]!.replaceAll("&#39;", "'");
		const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
		const style = /<style>(.*?)<\/style>/s.exec(page)![1]!;
		const script = /<script>(.*?)<\/script>/s.exec(page)![1]!;
		expect(policy.split("; ")).toEqual([
			"default-src 'none'",
			`script-src ${hash(script)}`,
			`style-src ${hash(style)}`,
			"base-uri 'none'",
			"form-action 'none'",
			"require-trusted-types-for 'script'",
			"trusted-types 'none'",
		]);
		expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style"));
	});

	test("it asks for nothing: no address, no import, no handler, no inline style", () => {
		const page = render(chat());
		const markup = page.replace(/<(style|script)[^>]*>.*?<\/\1>/gs, "");
		expect(markup).not.toMatch(/\s(?:src|srcset|action|style|on\w+)=/i);
		expect([...markup.matchAll(/href="([^"]*)"/g)].filter(([, to]) => !to!.startsWith("#"))).toEqual([]);
		expect(/<style>(.*?)<\/style>/s.exec(page)![1]).not.toMatch(/url\(|@import/);
		expect(/<script>(.*?)<\/script>/s.exec(page)![1]).not.toMatch(
			/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|fetch\(|XMLHttp/,
		);
	});

	test("sections in order; each link of the navigation has its section", () => {
		const page = render(new Scene("K3").drive.entries);
		const links = [...page.matchAll(/<li><a href="#([a-z]+)">/g)].map(([, id]) => id);
		expect(links).toEqual(["summary", "divergences", "ladder", "rewriting", "boxes", "checks", "findings"]);
		expect([...page.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id)).toEqual(links);
	});

	test("without a message there is a page too", () => {
		const page = render([]);
		expect(textOf(sectionOf(page, "summary")!)).toContain("Nothing on which clients could differ");
		expect(ladderOf(page)).toEqual({ sessions: [], rows: [], omitted: 0, blockSize: 250 });
		expect(sectionOf(page, "chains")).toBeUndefined();
	});

	test("without classification no section is about it", () => {
		const page = render(chat(), { classify: undefined });
		expect(textOf(sectionOf(page, "summary")!)).toContain("Messages were not classified");
		expect(sectionOf(page, "divergences")).toBeUndefined();
		expect(sectionOf(page, "checks")).toBeUndefined();
	});

	test("pseudonyms are told of", () => {
		expect(render([], { redacted: true })).toContain("Users, hosts and bodies are pseudonyms");
		expect(render([])).not.toContain("pseudonyms");
	});
});

function elements(page: string): string[] {
	return [...page.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([tag]) => tag.toLowerCase());
}

function hostile(text: string): Drive {
	const drive = new Drive({ classify: {} });
	const from = { From: `"${text}" <sip:a@example.com>;tag=1`, To: `<sip:${text}@example.com>`, "Call-ID": text, CSeq: "1 MESSAGE" };
	drive
		.connect("192.0.2.1:5060", "192.0.2.2:5060")
		.send("a", sip(`MESSAGE sip:${encodeURIComponent(text)}@example.com SIP/2.0`, { ...from, Subject: text }, text, "text/html"));
	const cpim = `From: ${text} <sip:room@example.com;isfocus>\r\nTo: <sip:${text}@example.com>\r\nSubject: ${text}\r\n\r\nContent-Type: text/html\r\n\r\n${text}`;
	drive
		.connect("192.0.2.1:40000", "192.0.2.2:2855")
		.send("a", msrpSend("abcd1", "msrp://192.0.2.2:2855/b;tcp", "msrp://192.0.2.1:7/a;tcp", cpim, "message/cpim"));
	return drive;
}

describe("what comes over the wire", () => {
	test("HTML in every place stays text", () => {
		const page = render(hostile(HOSTILE).entries, { title: HOSTILE, source: HOSTILE });
		const allowed = ["<script", "</script"];
		expect(elements(page).filter((tag) => /^<\/?(?:script|img|!--|iframe|svg onload)/.test(tag) && !allowed.includes(tag))).toEqual([]);
		const scripts = [...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
		expect(scripts.filter((tag) => !tag.includes('type="application/json"'))).toEqual(["<script>"]);
		expect(scripts.length).toBe(1 + ["ladder", "words", "details-0"].length);
		expect(page.match(/<\/script/g)!.length).toBe(scripts.length);
		expect(page.match(/<title>/g)!.length).toBe(1);
		expect(JSON.stringify(dataOf(page, "details-0"))).toContain("<script>alert(1)</script>");
	});

	test("no text makes more elements than another", () => {
		const counted = elements(render(hostile("aaaa").entries)).length;
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "`", "/", "!", "-", "a", "="), minLength: 1, maxLength: 12 }),
				(text) => {
					const page = render(hostile("bbbb").entries, { title: text, source: text });
					expect(elements(page).length).toBe(counted);
				},
			),
			{ numRuns: 50 },
		);
	});

	test("nothing makes it throw", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("sip", "cpim", "raw"), (octets, how) => {
				const drive = new Drive({ classify: {} });
				const text = Buffer.from(octets).toString("latin1");
				const connection = drive.connect("192.0.2.1:40000", "192.0.2.2:2855");
				if (how === "sip")
					connection.send("a", sip("INVITE sip:b@example.com SIP/2.0", { From: text, To: text, CSeq: "1 INVITE", "Call-ID": "1" }, text));
				else if (how === "cpim")
					connection.send("a", msrpSend("abcd1", "msrp://192.0.2.2:2855/b;tcp", "msrp://192.0.2.1:7/a;tcp", text, "message/cpim"));
				else connection.send("a", Buffer.from(octets));
				connection.close("a");
				const page = render(drive.entries);
				expect(ladderOf(page).rows.length).toBe(drive.entries.filter(({ protocol }) => protocol === "sip" || protocol === "msrp").length);
			}),
			{ numRuns: 150 },
		);
	});
});
