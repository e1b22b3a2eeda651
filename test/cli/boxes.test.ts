import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { sectionOf, textOf } from "../report/render.js";
import { mitmsrp } from "./process.js";

const capture = (name: string): string => fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
/** Kamailio with add_contact_alias between two SIP.js clients, both sides recorded. */
const KAMAILIO = capture("sipjs-kamailio-ws.pcapng");

const run = (...argv: string[]) => mitmsrp(argv, { analyze: analyzeCapture });

describe("--boxes", () => {
	test("a real Kamailio is known by its alias; nothing is classified for that", async () => {
		const { code, out } = await run("analyze", "--boxes", KAMAILIO);
		expect(code).toBe(0);
		expect(out.split("\n")).toEqual([
			"box between 127.0.0.1:54768 and 127.0.0.1:54760, showing 127.0.0.1:23060 (c4 and 1 more session)",
			"  Request-URI                K   -  ",
			"  From host                  K   K  ",
			"  To host                    K   K  ",
			"  Call-ID                    K   K  ",
			"  Contact host:port          K   K  ",
			"  Contact user               K   K  ",
			"  Contact URI parameters     N   DN   transport=ws;ob → alias=127.0.0.1~54768~5;transport=ws;ob  #17",
			"  Contact header parameters  K   K  ",
			"  SDP o=                     K   K  ",
			"  SDP c=                     K   K  ",
			"  m=message port             K   K  ",
			"  a=path                     K   K  ",
			"  nearest profile: alias with 127.0.0.1:54768 behind it (22 of 23 parts fit); then nf-sip (21), fw-snat (21), naive-cpe (21)",
			"",
			"K kept, M the box's own address, S the packet's source, D dropped, N new; the way of the first message, then back",
			"",
		]);
	});

	test("JSON: an object a box", async () => {
		const { out } = await run("analyze", "--boxes", "--json", KAMAILIO);
		const [box, ...more] = out
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(more).toEqual([]);
		expect(box).toMatchObject({
			kind: "box",
			session: "c4",
			more_sessions: 1,
			first: { address: "127.0.0.1", port: 54768 },
			shows: { address: "127.0.0.1", port: 23060 },
			compared: 23,
		});
		expect(box.nearest[0]).toEqual({ profile: "alias", inside: "first", fits: 22 });
		expect(box.entries[0]).toEqual({ came: expect.any(Number), went: 17 });
	});

	test("none: said in words; width is kept to", async () => {
		const { out } = await run("analyze", "--boxes", capture("sipnab-sip-rtp-g711.pcap"));
		expect(out).toMatch(/^no box: nothing was changed between two legs/);
		const narrow = await run("analyze", "--boxes", "--width", "60", KAMAILIO);
		expect(Math.max(...narrow.out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(60);
	});

	test.each([["--summary"], ["--ladder"], ["--divergences"], ["--checks"], ["--chains"]])("%s does not go with it", async (flag) => {
		const { code, err } = await mitmsrp(["analyze", "--boxes", flag, "x"]);
		expect(code).toBe(2);
		expect(err).toContain("cannot be used with option");
	});

	test("the report has it too", async () => {
		const { out } = await run("report", KAMAILIO, "-o", "-");
		const section = sectionOf(out, "boxes")!;
		expect(textOf(section)).toContain("alias with 127.0.0.1:54768 behind it (22 of 23 parts fit)");
		expect(section).toContain("<ins>alias=127.0.0.1~54768~5;transport=ws;ob</ins>");
		const plain = await run("report", capture("sipnab-sip-rtp-g711.pcap"), "-o", "-");
		expect(plain.out).not.toContain('id="boxes"');
	});
});
