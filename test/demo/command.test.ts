import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { mitmsrp, Sink } from "../cli/process.js";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "mitmsrp-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("mitmsrp demo", () => {
	it("tells the story in 80 columns, the same every time", async () => {
		const first = await mitmsrp(["demo"]);
		const second = await mitmsrp(["demo"]);
		expect([first.code, first.err]).toEqual([0, ""]);
		expect(second.out).toBe(first.out);
		const lines = first.out.split("\n");
		expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
		expect(lines.filter((line) => line.startsWith("──")).map((line) => line.replace(/─/g, "").trim())).toEqual([
			"Nothing in the way",
			"What the users saw",
			"The same, with the ALG A2 between Bob and the room",
			"What the users saw",
		]);
		expect(first.out).toContain(" 24  room → Alice, Bob    GRP           Minutes of last time: the wind was good…\n");
		expect(first.out).toContain("  9  room → Bob           SYS !DO1 DA1  Bob joined\n");
		expect(first.out).toContain(" 19  Bob → room           GRP ✗DA2 DS1  Count me in! → 404 Not Found\n");
		expect(first.out).toContain("    #9   c5  DO1 DA1  legacy: private  isfocus: system   truth: system\n");
		expect(first.out).toContain("its verdict is what the clients made of all 35\nmessages.");
		expect(first.out).toMatch(/\nNext: .*\n.*\n$/);
	});

	it("takes another ALG, or none", async () => {
		const plain = await mitmsrp(["demo", "--no-alg"]);
		expect(plain.out).not.toContain("ALG A2 between");
		const other = await mitmsrp(["demo", "--alg", "A1", "--alg", "A3"]);
		expect(other.out).toContain("── The same, with the ALG A1 and A3 between Bob and the room ─");
		expect(other.out).toContain("  the room, to Bob    <sip:sess-n9r5w9r4@203.0.113.9:5071;isfocus>\n");
		const wrong = await mitmsrp(["demo", "--alg", "B2"]);
		expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('there is no ALG profile "B2"')]);
	});

	it("--json: every message of both legs, and what the clients made of them", async () => {
		const { code, out } = await mitmsrp(["demo", "--json"]);
		const lines = out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(code).toBe(0);
		expect(lines.filter(({ event }) => event === "run").map(({ run, alg }) => [run, alg])).toEqual([
			[1, []],
			[2, ["A2"]],
		]);
		expect(lines.filter(({ event }) => event === "agreement")).toEqual([
			{ event: "agreement", lines: 35, agreed: 35 },
			{ event: "agreement", lines: 27, agreed: 27 },
		]);
		expect(lines.filter(({ event }) => event === "refused")).toEqual([
			{ event: "refused", user: "bob", text: "Count me in!", status: 404 },
		]);
		expect(lines.filter(({ event }) => event === undefined).length).toBeGreaterThan(500);
	});

	it("--ladder: a ladder for each session", async () => {
		const { code, out } = await mitmsrp(["demo", "--no-alg", "--ladder"]);
		expect(code).toBe(0);
		expect(out.match(/REGISTER sip:example\.com/g)?.length).toBe(3);
	});

	it("--write: a capture that tells the same when it is read", async () => {
		const file = join(folder, "demo.pcapng");
		const { code, out } = await mitmsrp(["demo", "--write", file]);
		expect(code).toBe(0);
		expect(out).toContain(`mitmsrp explain ${file}`);
		let diverging = 0;
		const { info } = await analyzeCapture(
			file,
			{ classify: { given: {} } },
			{
				entry: ({ verdict }) => {
					if (verdict !== undefined && verdict.divergences.length > 0) diverging++;
				},
			},
		);
		expect(info.problems).toEqual([]);
		expect(diverging).toBe(20);
	});

	it("says what cannot be, and stops when it is interrupted", async () => {
		const listen = await mitmsrp(["demo", "--listen", "tcp://127.0.0.1:0"]);
		expect([listen.code, listen.err]).toEqual([2, "mitmsrp: --listen, --msrp, --cert, --key and --ca-dir belong to --focus-only\n"]);
		const write = await mitmsrp(["demo", "--write", join(folder, "none", "demo.pcapng")]);
		expect([write.code, write.err]).toEqual([2, expect.stringContaining("demo.pcapng")]);
		expect((await mitmsrp(["demo"], { signal: AbortSignal.abort() })).code).toBe(130);
	});
});

describe("mitmsrp demo --focus-only", () => {
	it("listens where it is told until it is interrupted", async () => {
		const interrupt = new AbortController();
		const stdout = new Sink();
		const line = firstLine(stdout);
		const running = mitmsrp(["demo", "--focus-only", "--json", "--listen", "tcp://127.0.0.1:0", "--listen", "udp://127.0.0.1:0"], {
			stdout,
			signal: interrupt.signal,
		});
		const { sip, factory } = JSON.parse(await line) as { sip: string[]; factory: string };
		expect(sip.map((place) => place.replace(/\d+$/, ""))).toEqual(["tcp://127.0.0.1:", "udp://127.0.0.1:"]);
		expect(factory).toBe("sip:conf-factory@im.example.com");
		const port = Number(/\d+$/.exec(sip[0]!)![0]);
		const answer = await new Promise<string>((resolve) => {
			const socket = connect(port, "127.0.0.1", () =>
				socket.write(
					"OPTIONS sip:im.example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:im.example.com>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
				),
			);
			socket.once("data", (octets) => {
				socket.destroy();
				resolve(octets.toString().split("\r\n")[0]!);
			});
		});
		expect(answer).toBe("SIP/2.0 200 OK");
		interrupt.abort();
		expect((await running).code).toBe(0);
	});

	it("shows over TLS a certificate of the local authority, or the one given", async () => {
		const authority = join(folder, "authority");
		const data = (name: string) => fileURLToPath(new URL(`../data/tls/${name}`, import.meta.url));
		const given = ["--cert", data("ec-cert.pem"), "--key", data("ec-key.pem")];
		for (const more of [["--ca-dir", authority], given]) {
			const interrupt = new AbortController();
			const stdout = new Sink();
			const line = firstLine(stdout);
			const running = mitmsrp(["demo", "--focus-only", "--json", "--listen", "tls://127.0.0.1:0", "--msrp", "tls://127.0.0.1:0", ...more], {
				stdout,
				signal: interrupt.signal,
			});
			const { sip, msrp } = JSON.parse(await line) as { sip: string[]; msrp: { port: number } };
			const ca = readFileSync(more === given ? data("ec-cert.pem") : join(authority, "ca.pem"));
			for (const port of [Number(/\d+$/.exec(sip[0]!)![0]), msrp.port]) {
				const socket = tlsConnect({ port, host: "127.0.0.1", ca, checkServerIdentity: () => undefined });
				await once(socket, "secureConnect");
				expect(socket.authorized).toBe(true);
				socket.destroy();
			}
			interrupt.abort();
			expect((await running).code).toBe(0);
		}
		const half = await mitmsrp(["demo", "--focus-only", "--cert", "x.pem"]);
		expect([half.code, half.err]).toEqual([2, "mitmsrp: --cert and --key belong together: give both, or none\n"]);
	});

	it("says what is wrong with a place", async () => {
		const { code, err } = await mitmsrp(["demo", "--focus-only", "--listen", "sctp://127.0.0.1:5060"]);
		expect([code, err]).toEqual([2, expect.stringContaining("write TRANSPORT://HOST:PORT with one of tcp, udp, tls, ws, wss")]);
	});
});

function firstLine(stdout: Sink): Promise<string> {
	return new Promise((resolve) => {
		const write = stdout._write.bind(stdout);
		stdout._write = (chunk, encoding, done) => {
			write(chunk, encoding, done);
			resolve(stdout.text);
		};
	});
}
