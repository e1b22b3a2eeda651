import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { S, Scene } from "../classify/contexts.js";
import { mitmsrp, Sink } from "../cli/process.js";
import { chat } from "../export/samples.js";
import { sip } from "../pipeline/drive.js";
import { client, peer } from "../proxy/peers.js";
import { detailOf, ladderOf, sectionOf, textOf } from "./render.js";

const CAPTURE = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));

describe("mitmsrp report", () => {
	test("writes report.html and says so", async () => {
		const { code, out, err, written, asked } = await mitmsrp(["report", "calls/chat.pcapng"], { entries: chat() });
		expect({ code, out, err }).toEqual({ code: 0, out: "", err: "mitmsrp: 12 messages reported in report.html\n" });
		expect(asked).toMatchObject({ path: "calls/chat.pcapng", request: { follow: false, keyLogs: [] } });
		const page = written.get("report.html")!;
		expect(page).toContain("<title>chat.pcapng – mitmsrp report</title>");
		expect(page).not.toContain("calls/");
		expect(ladderOf(page).rows).toHaveLength(12);
	});

	test("-o -, --title, selection, late findings", async () => {
		const late = { id: "sip.missing-header", offset: 0, length: 0 } as const;
		const { code, out, err } = await mitmsrp(
			["report", "x", "-o", "-", "--title", "Ticket <7>", "--filter", "msrp", "--limit", "2", "--disable", "sip.*"],
			{ entries: chat(), late: [[3, late]] },
		);
		expect({ code, err }).toEqual({ code: 0, err: "" });
		expect(out).toContain("<h1>Ticket &lt;7&gt;</h1>");
		expect(ladderOf(out).rows.map(({ n }) => n)).toEqual([3, 4]);
		expect(sectionOf(out, "findings")).not.toContain("sip.missing-header");
	});

	test("late findings of shown messages are in the page", async () => {
		const { out } = await mitmsrp(["report", "x", "-o", "-"], {
			entries: chat(),
			late: [[1, { id: "sip.missing-header", offset: 0, length: 0 }]],
		});
		expect(ladderOf(out).rows[0]).toMatchObject({ f: "sip.missing-header" });
	});

	test("facts are for the classifier and the clauses", async () => {
		const scene = new Scene("K3");
		scene.cpim(S, S);
		const { asked } = await mitmsrp(["report", "x", "--session-identity", S, "--rule-set", "cr"], { entries: scene.drive.entries });
		expect(asked!.request.classify).toMatchObject({ given: { sessionIdentity: [S] }, rules: "cr" });
		const plain = await mitmsrp(["report", "x", "--no-classify"], { entries: scene.drive.entries });
		expect(plain.asked!.request.classify).toBeUndefined();
		expect(plain.written.get("report.html")).toContain("Messages were not classified");
	});

	test("damage: reported, exit code 1", async () => {
		const { code, err, written } = await mitmsrp(["report", "cut.pcap"], {
			entries: chat(),
			info: { damaged: true, problems: [{ id: "cap.truncated", offset: 7, length: 0 }] },
		});
		expect(code).toBe(1);
		expect(err).toBe("mitmsrp: 12 messages reported in report.html\nmitmsrp: cut.pcap is damaged; everything before the damage was read\n");
		expect(textOf(sectionOf(written.get("report.html")!, "findings")!)).toContain("cap.truncated at octet 7");
	});

	test("standard input that is interrupted is reported; a file is not", async () => {
		const abort = new AbortController();
		abort.abort();
		const live = await mitmsrp(["report", "-"], { entries: chat(), signal: abort.signal });
		expect({ code: live.code, files: [...live.written.keys()] }).toEqual({ code: 0, files: ["report.html"] });
		const file = await mitmsrp(["report", "x"], { entries: chat(), signal: abort.signal });
		expect({ code: file.code, files: [...file.written.keys()] }).toEqual({ code: 130, files: [] });
	});

	test.each<[string[], string]>([
		[["report"], "mitmsrp: give a capture file, or pipe one in (mitmsrp report --help)\n"],
		[["report", CAPTURE, "-o", CAPTURE], `mitmsrp: ${CAPTURE}: this is the capture that is read; give another name to --output\n`],
		[
			["report", "x", "--no-classify", "--filter", 'im.class == "system"'],
			"mitmsrp: the filter asks for im. fields, which need the classification that --no-classify switches off\n",
		],
	])("wrong usage %#", async (argv, message) => {
		const { code, err, written } = await mitmsrp(argv, { stdinIsTTY: true, entries: chat() });
		expect({ code, err, files: written.size }).toEqual({ code: 2, err: message, files: 0 });
	});

	test("a folder that does not exist", async () => {
		const { code, err } = await mitmsrp(["report", "x", "-o", "no/such.html"], { entries: chat() });
		expect(code).toBe(1);
		expect(err).toBe("mitmsrp: no/such.html: the report cannot be written (ENOENT); check its folder and mode\n");
	});

	test("a real capture gives the same page every time", async () => {
		const pages = await Promise.all([1, 2].map(() => mitmsrp(["report", CAPTURE, "-o", "-"], { analyze: analyzeCapture })));
		expect(pages[0]!.out).toBe(pages[1]!.out);
		const { rows, sessions } = ladderOf(pages[0]!.out);
		expect(rows).toHaveLength(155);
		expect(sessions.length).toBeGreaterThan(0);
	});
});

/** Standard output that says when something is on it. */
class Watched extends Sink {
	async shows(text: string): Promise<void> {
		while (!this.text.includes(text)) await once(this, "written", { signal: AbortSignal.timeout(10_000) });
	}

	override _write(chunk: Buffer, encoding: string, done: (error?: Error | null) => void): void {
		super._write(chunk, encoding, done);
		this.emit("written");
	}
}

describe("mitmsrp proxy --report", () => {
	test("both legs of a live session, and what an ALG profile did to it", async () => {
		const server = await peer(() => {});
		const abort = new AbortController();
		const stdout = new Watched();
		const hop = `tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`;
		const running = mitmsrp(["proxy", "--hop", hop, "--alg", "A2", "--report", "live.html", "--json", "--drain", "1"], {
			stdout,
			signal: abort.signal,
		});
		await stdout.shows('"event":"ready"');
		const { hops } = JSON.parse(stdout.text.split("\n")[0]!);
		const socket = await client(hops[0].port);
		const head = {
			Via: "SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1",
			"Max-Forwards": "70",
			From: "<sip:bob@example.com>;tag=1",
			To: "<sip:bob@example.com>",
			"Call-ID": "1",
			CSeq: "1 REGISTER",
			Contact: "<sip:bob@192.0.2.1>",
		};
		socket.write(sip("REGISTER sip:example.com SIP/2.0", head));
		await stdout.shows('"entry":2');
		socket.destroy();
		abort.abort();
		const { code, err, written } = await running;
		expect(code).toBe(0);
		expect(err).toContain("mitmsrp: 2 messages reported in live.html\n");
		const page = written.get("live.html")!;
		expect(ladderOf(page).rows.map(({ l, e }) => [l, e])).toEqual([
			["REGISTER", undefined],
			["REGISTER", 1],
		]);
		expect(detailOf(page, 2).e).toEqual([
			expect.objectContaining({ by: expect.stringMatching(/A2/), before: expect.stringContaining("192.0.2.1") }),
		]);
		expect(textOf(sectionOf(page, "rewriting")!)).toMatch(/#2 REGISTER sip:example\.com .*A2 Contact URI sip:bob@192\.0\.2\.1 sip:b2b-/);
	});

	test("the file is there from the beginning, the page when it is stopped", async () => {
		const abort = new AbortController();
		const running = mitmsrp(["proxy", "--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:9", "--report", "live.html", "--quiet"], {
			signal: AbortSignal.any([abort.signal, AbortSignal.timeout(10_000)]),
		});
		setImmediate(() => abort.abort());
		const { code, err, written } = await running;
		expect(code).toBe(0);
		expect(err).toContain("mitmsrp: 0 messages reported in live.html\n");
		expect(written.get("live.html")).toContain("<h1>Live session</h1>");
	});

	test.each<[string, string]>([
		["-", "mitmsrp: --report needs the name of a file: standard output has the messages\n"],
		["no/such.html", "mitmsrp: no/such.html: the report cannot be written (ENOENT); check its folder and mode\n"],
	])("refused before anything listens: %s", async (file, message) => {
		const { code, err } = await mitmsrp(["proxy", "--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:9", "--report", file]);
		expect({ code, err }).toEqual({ code: 2, err: message });
	});
});
