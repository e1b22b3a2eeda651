import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { client, deadPort, OPTIONS_REQUEST, peer, readAll } from "./peers.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
let built: string;

/** The program as the build makes it, without type checks: they are a step of their own. */
beforeAll(() => {
	built = mkdtempSync(join(root, ".test-build-"));
	const source = join(root, "src");
	for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
		if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
		const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
		const { outputText } = ts.transpileModule(readFileSync(join(source, name), "utf8"), { compilerOptions: options });
		const to = join(built, `${name.slice(0, -2)}js`);
		mkdirSync(dirname(to), { recursive: true });
		writeFileSync(to, outputText);
	}
}, 60_000);

afterAll(() => rmSync(built, { recursive: true, force: true }));

interface Running {
	child: ChildProcess;
	out(): string;
	err(): string;
	/** waits until standard output or standard error has it */
	shows(text: string | RegExp): Promise<void>;
	ended: Promise<unknown[]>;
}

function start(...args: string[]): Running {
	const child = spawn(process.execPath, [join(built, "shell/cli/main.js"), "proxy", ...args], { stdio: ["ignore", "pipe", "pipe"] });
	onTestFinished(() => void child.kill("SIGKILL"));
	let out = "";
	let err = "";
	let look = (): void => {};
	child.stdout!.on("data", (chunk) => {
		out += chunk;
		look();
	});
	child.stderr!.on("data", (chunk) => {
		err += chunk;
		look();
	});
	const shows = (text: string | RegExp): Promise<void> =>
		new Promise((resolve, reject) => {
			look = () => {
				if (typeof text === "string" ? (out + err).includes(text) : text.test(out + err)) resolve();
			};
			child.once("exit", () => reject(new Error(`it ended: ${out}${err}`)));
			look();
		});
	return { child, out: () => out, err: () => err, shows, ended: once(child, "exit") };
}

function portOf(text: string): number {
	return Number(/listening at \w+:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
}

describe("mitmsrp proxy", () => {
	test("says where it listens, shows messages, stops in order at SIGTERM while a connection is open", async () => {
		const target = await peer((socket) => void socket.pipe(socket));
		const run = start("--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port},name=room`, "--drain", "1");
		await run.shows("forwarding to");
		expect(run.err()).toMatch(/^mitmsrp: room: listening at tcp:\/\/127\.0\.0\.1:\d+, forwarding to tcp:\/\/127\.0\.0\.1:\d+\n$/);
		const port = portOf(run.err());
		const socket = await client(port);
		socket.write(OPTIONS_REQUEST);
		await once(socket, "data");
		await run.shows(/(?:.*OPTIONS.*\n){2}/);
		const reset = once(socket, "error");
		run.child.kill("SIGTERM");
		await run.shows("stopping; 1 s for 1 open connection");
		await expect(client(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
		expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
		expect(await run.ended).toEqual([0, null]);
		expect(run.err()).toMatch(/stopped after 1 connection, 1 of them reset because they were still open, 2 entries\n$/);
		expect(
			run
				.out()
				.split("\n")
				.filter((line) => line.includes("OPTIONS")),
		).toHaveLength(2);
	});

	test("SIGHUP reads rules again; broken ones stay as they were", async () => {
		const folder = mkdtempSync(join(tmpdir(), "mitmsrp-hup-"));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const rules = join(folder, "rules.yaml");
		writeFileSync(rules, "rules:\n  - {name: one, match: sip, actions: [pass]}\n");
		const run = start("--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:9", "--rules", rules);
		await run.shows("forwarding to");
		run.child.kill("SIGHUP");
		await run.shows("rules reloaded: 1 rule of");
		writeFileSync(rules, "rules:\n  - {name: one, match: sip.Metod, actions: [pass]}\n");
		run.child.kill("SIGHUP");
		await run.shows("the rules stay as they were");
		run.child.kill("SIGTERM");
		expect(await run.ended).toEqual([0, null]);
	});

	test("with --json: ready, entries and stopped are lines of JSON; a connection that ends is waited for", async () => {
		const target = await peer((socket) => void socket.pipe(socket));
		const run = start("--json", "--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`);
		await run.shows('"event":"ready"');
		const ready = JSON.parse(run.out());
		expect(ready).toMatchObject({ event: "ready", hops: [{ address: "127.0.0.1", target: `tcp://127.0.0.1:${target.port}` }] });
		const socket = await client(ready.hops[0].port);
		socket.write(OPTIONS_REQUEST);
		await once(socket, "data");
		run.child.kill("SIGINT");
		await run.shows("stopping");
		socket.end();
		await readAll(socket);
		expect(await run.ended).toEqual([0, null]);
		const lines = run
			.out()
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.slice(1, -1).map((line) => line["protocol"])).toEqual(["sip", "sip"]);
		expect(lines.at(-1)).toEqual({ event: "stopped", connections: 1, cut: 0, entries: 2, unseen: 0 });
	});

	test("--alg rewrites, --write records both legs: analyze of the file shows what the live run did", async () => {
		const received: string[] = [];
		const target = await peer((socket) => {
			socket.on("data", (chunk) => {
				received.push(String(chunk));
				socket.end();
			});
		});
		const file = join(built, "call.pcapng");
		const run = start(
			"--hop",
			`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`,
			"--alg",
			"nf-sip:ports=any",
			"--alg-outside",
			"203.0.113.7:5060",
			"--write",
			file,
		);
		await run.shows("forwarding to");
		const socket = await client(portOf(run.err()));
		const local = socket.localPort;
		const contact = OPTIONS_REQUEST.replace("Max-Forwards", `Contact: <sip:alice@127.0.0.1:${local}>\r\nMax-Forwards`);
		socket.end(contact);
		await readAll(socket);
		run.child.kill("SIGTERM");
		expect(await run.ended).toEqual([0, null]);
		expect(received.join("")).toContain("Contact: <sip:alice@203.0.113.7:");
		expect(run.err()).toMatch(/rewritten in session c1: .*Contact/);
		expect(run.err()).toMatch(/packets written to .*call\.pcapng\n/);
		const contacts: unknown[] = [];
		await analyzeCapture(file, {}, { entry: (entry) => void contacts.push("sip" in entry ? entry.sip.get("contact") : entry.protocol) });
		expect(contacts).toEqual([`<sip:alice@127.0.0.1:${local}>`, expect.stringMatching(/^<sip:alice@203\.0\.113\.7:/)]);
	});

	test("a second signal ends at once", async () => {
		const target = await peer(() => {});
		const run = start("--drain", "60", "--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`);
		await run.shows("forwarding to");
		const socket = await client(portOf(run.err()));
		await new Promise<void>((resolve) => {
			if (target.sockets.size > 0) resolve();
			else target.server.once("connection", () => resolve());
		});
		run.child.kill("SIGTERM");
		await run.shows("stopping");
		run.child.kill("SIGTERM");
		expect(await run.ended).toEqual([null, "SIGTERM"]);
		socket.destroy();
	});

	test("SIGHUP reads the configuration again; a wrong one changes nothing", async () => {
		const first = await peer((socket) => socket.end("first"));
		const second = await peer((socket) => socket.end("second"));
		const file = join(built, "proxy.yaml");
		const port = await deadPort();
		const write = (target: number): void =>
			writeFileSync(file, `hops:\n  a: { listen: "tcp://127.0.0.1:${port}", target: "tcp://127.0.0.1:${target}" }\n`);
		write(first.port);
		const run = start("--config", file, "--quiet", "--drain", "1");
		await run.shows(`forwarding to tcp://127.0.0.1:${first.port}`);
		expect((await readAll(await client(port))).toString()).toBe("first");
		write(second.port);
		run.child.kill("SIGHUP");
		await run.shows(`forwarding to tcp://127.0.0.1:${second.port}`);
		expect((await readAll(await client(port))).toString()).toBe("second");
		writeFileSync(file, "hops: 3\n");
		run.child.kill("SIGHUP");
		await run.shows(`proxy.yaml:1:7: hops is a mapping from names to hops\nmitmsrp: the configuration stays as it was\n`);
		expect((await readAll(await client(port))).toString()).toBe("second");
		run.child.kill("SIGTERM");
		expect(await run.ended).toEqual([0, null]);
	});

	test("SIGHUP takes the settings of the file too", async () => {
		const file = join(built, "settings.yaml");
		const mute = await peer((socket) => void socket.resume());
		const [port, other] = [await deadPort(), await deadPort()];
		const hop = (name: string, at: number, scheme: string): string =>
			`  ${name}: { listen: "tcp://127.0.0.1:${at}", target: "${scheme}://127.0.0.1:${mute.port}" }\n`;
		const write = (settings: string): void => writeFileSync(file, `hops:\n${hop("a", port, "tls")}${hop("b", other, "tcp")}${settings}`);
		write("");
		const run = start("--config", file, "--no-classify");
		await run.shows("forwarding to tcp://");
		write("connect-timeout: 1\ndrain: 7\n");
		run.child.kill("SIGHUP");
		await run.shows(/(?:forwarding to tcp:[\s\S]*){2}/);
		const open = await client(other);
		(await client(port)).resume();
		await run.shows("failed: ETIMEDOUT (no TLS within 1 s)");
		run.child.kill("SIGTERM");
		await run.shows("stopping; 7 s for 1 open connection");
		open.destroy();
		for (const socket of mute.sockets) socket.end();
		expect(await run.ended).toEqual([0, null]);
	});

	test.each([
		[[], "give at least one --hop"],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--alg", "nf-sipp"], "nf-sip"],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--alg", "nf-sip", "--alg-outside", "here"], "write HOST:PORT"],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--write", "/nowhere/x.pcapng"], "/nowhere/x.pcapng"],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--rotate-mb", "5"], "--rotate-mb is about a recording; give its file with --write"],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--write-secrets"], "--write-secrets is about a recording"],
		[
			["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--write", "/nowhere/x.pcapng", "--rotate-keep", "3"],
			"--rotate-keep says how many files stay; say with --rotate-mb or --rotate-seconds when a new one begins",
		],
		[["--hop", "nonsense"], "the listening side is written SCHEME://HOST:PORT"],
		[["--config", "/nowhere/proxy.yaml"], "/nowhere/proxy.yaml: the configuration file cannot be read (ENOENT)"],
		[
			["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--keylog", "/nowhere/keys"],
			"/nowhere/keys: the key log cannot be written (ENOENT)",
		],
		[["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:1", "--limit", "inspekt=1"], "There is no such limit"],
		[["--hop", "tcp://127.0.0.1:9=>tcp://127.0.0.1:1", "--hop", "tls://127.0.0.1:9=>tcp://127.0.0.1:1"], "two hops listen at 127.0.0.1:9"],
	])("%j is wrong usage", async (args, message) => {
		const run = start(...args);
		expect(await run.ended).toEqual([2, null]);
		expect(run.err()).toContain(message);
	});
});
