import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { createFocus } from "../../src/demo/index.js";
import { analyzeCapture } from "../../src/index.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import { mitmsrp } from "../cli/process.js";

const capture = (name: string): string => fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
const run = (...argv: string[]) => mitmsrp(["replay", ...argv], { analyze: analyzeCapture });
const REGISTER = capture("suricata-sip-tcp-method.pcap");

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "mitmsrp-replay-"));
	cleanups.push(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

describe("mitmsrp replay over TLS and WebSocket", () => {
	it.each(["tls", "wss"])("%s: the authority's file is needed, or --insecure", async (transport) => {
		const authority = await LocalAuthority.open(folder());
		const focus = await createFocus({ listen: [`${transport}://127.0.0.1:0`], tls: await authority.leaf("127.0.0.1") });
		cleanups.push(() => focus.close());
		const to = ["--to", focus.places[0]!, "--timeout", "2"];
		const trusting = await run(REGISTER, ...to, "--ca", authority.file);
		expect([trusting.code, trusting.out.split("\n").at(-2)]).toEqual([0, "the same as in the capture"]);
		expect((await run(REGISTER, ...to, "--insecure")).code).toBe(0);
		const distrusting = await run(REGISTER, ...to);
		expect(distrusting.code).toBe(1);
		expect(distrusting.out).toContain("give its authority with --ca, or accept any certificate with --insecure");
	});

	it.each(["tls", "wss"])("both sides over %s, the server with a certificate of the local authority", async (transport) => {
		const ca = folder();
		const authority = await LocalAuthority.open(ca);
		// The server takes any free port: the client is told by its line which one.
		const { createServer } = await import("node:net");
		const port = await new Promise<number>((done) => {
			const probe = createServer().listen(0, "127.0.0.1", () => {
				const at = (probe.address() as { port: number }).port;
				probe.close(() => done(at));
			});
		});
		const place = `${transport}://127.0.0.1:${port}`;
		const result = await run(
			REGISTER,
			"--as",
			"both",
			"--listen",
			place,
			"--to",
			place,
			"--ca-dir",
			ca,
			"--ca",
			authority.file,
			"--timeout",
			"3",
		);
		expect(result.err).toContain(`listening at ${place}`);
		expect(result.err).toContain("2 of 2 runs were the same as the capture");
		expect(result.code).toBe(0);
	});

	it("answers digest challenges with --password, as the recorded user or another", async () => {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"], digest: { realm: "example.com", users: { "987654": "secret" } } });
		cleanups.push(() => focus.close());
		const to = ["--to", focus.places[0]!, "--timeout", "1"];
		expect((await run(REGISTER, ...to)).code).toBe(1);
		expect((await run(REGISTER, ...to, "--password", "secret")).code).toBe(0);
		expect((await run(REGISTER, ...to, "--user", "987654", "--password", "wrong")).out).toContain("401 to REGISTER");
		expect((await run(REGISTER, ...to, "--user", "mallory", "--password", "secret")).out).toContain("401 to REGISTER");
	});
});

describe("what options of the transport cannot be", () => {
	it("a certificate without a key, a file that is not there", async () => {
		const file = join(folder(), "cert.pem");
		writeFileSync(file, readFileSync(new URL("../data/tls/ec-cert.pem", import.meta.url)));
		const to = ["--to", "tls://127.0.0.1:9"];
		const lone = await run(REGISTER, ...to, "--client-cert", file);
		expect([lone.code, lone.err]).toEqual([2, "mitmsrp: --client-cert and --client-key belong together: give both, or none\n"]);
		const gone = await run(REGISTER, ...to, "--ca", "nowhere.pem");
		expect([gone.code, gone.err]).toEqual([2, "mitmsrp: --ca nowhere.pem: cannot be read (ENOENT); check its name and mode\n"]);
	});

	it.each([
		[["--to", "tcp://127.0.0.1:9/path"], "only ws and wss have a path"],
		[["--to", "ws://127.0.0.1:99999/ws"], "there is no port 99999"],
		[["--msrp-to", "udp://127.0.0.1:9"], "MSRP does not go over UDP"],
		[["--to", "ws://127.0.0.1:9", "--subprotocol", "a b"], "Write one name"],
		[["--to", "ws://127.0.0.1:9", "--origin", "a b"], "Write an origin"],
	])("%j", async (options, why) => {
		const result = await run(REGISTER, ...options);
		expect(result.code).toBe(2);
		expect(result.err).toContain(why);
	});

	it("a port that is taken is named", async () => {
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
		cleanups.push(() => focus.close());
		const result = await run(REGISTER, "--as", "server", "--listen", focus.places[0]!);
		expect([result.code, result.err]).toEqual([
			2,
			`mitmsrp: cannot listen at ${focus.places[0]}: something else listens there; choose another port, or 0 for any free one\n`,
		]);
	});
});
