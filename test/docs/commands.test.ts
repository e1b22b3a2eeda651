import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../interop/build.js";
import { type Command, commandsOf, missing, pages, words } from "./commands.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-docs-"));
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
	program?.remove();
});

/** Files that the pages speak of, and what they are here. */
const FILES: Readonly<Record<string, string>> = {
	"chat.pcapng": "sylkserver-conference.pcapng",
	"secure.pcap": "sipjs-kamailio-wss-keys.pcapng",
	"secure.pcapng": "sipjs-kamailio-wss-keys.pcapng",
	"captures/sylkserver-conference.pcapng": "sylkserver-conference.pcapng",
	"captures/sipsimple-sip-msrp-chat.pcap": "sipsimple-sip-msrp-chat.pcap",
};

const RULES = 'rules:\n  - name: later\n    match: msrp.method == "SEND"\n    actions:\n      - delay: 20ms\n';

let program: ReturnType<typeof build>;

beforeAll(async () => {
	program = build();
	mkdirSync(join(folder, "captures"));
	cpSync(join(root, "rules"), join(folder, "rules"), { recursive: true });
	for (const [name, capture] of Object.entries(FILES)) copyFileSync(join(root, "captures", capture), join(folder, name));
	writeFileSync(join(folder, "keys.txt"), "");
	writeFileSync(join(folder, "my.yaml"), RULES);
	// Pages speak of the recordings that the first guide makes.
	await run(["demo", "--write", "demo.pcapng"]);
	await run(["demo", "--no-alg", "--write", "good.pcapng"]);
}, 120_000);

interface Result {
	code: number | null;
	output: string;
}

/** Runs a command of ours in a folder of its own files; one that serves is told to stop once it listens. */
function run(args: string[]): Promise<Result> {
	// Ports of the documentation may be taken here; where targets are does not matter to whoever listens.
	const local = args.map((arg) => arg.replace(/(tcp|udp|tls|ws|wss|socks|connect):\/\/127\.0\.0\.1:\d+(?==>|$)/, "$1://127.0.0.1:0"));
	const serves = args[0] === "proxy" || args.includes("--focus-only");
	if (args[0] === "proxy") local.push("--ca-dir", join(folder, "ca"));
	return new Promise((done, fail) => {
		const child = spawn(process.execPath, [program.main, ...local.map((arg) => (arg === "127.0.0.1:8474" ? "127.0.0.1:0" : arg))], {
			cwd: folder,
			stdio: ["ignore", "pipe", "pipe"],
		});
		let output = "";
		let stopped = false;
		const take = (chunk: Buffer) => {
			output += chunk.toString("utf8");
			if (serves && !stopped && /listen|API at/i.test(output)) {
				stopped = true;
				child.kill("SIGINT");
			}
		};
		child.stdout.on("data", take);
		child.stderr.on("data", take);
		child.on("error", fail);
		child.on("close", (code) => done({ code, output }));
	});
}

/** Exit codes that are no error: 1 is what `--fail-on` and comparisons give, and which one is not what the page is about. */
function allowed(args: string[]): number[] {
	return args.includes("--fail-on") ? [0, 1] : args.includes("--focus-only") ? [0, 130] : [0];
}

for (const page of pages()) {
	const commands = commandsOf(page);
	if (commands.length === 0) continue;
	describe(page, () => {
		for (const command of commands) {
			const name = `${command.at}: ${command.text}`;
			if (command.peer !== undefined) {
				// It needs something that is not here; that its options exist is still checked.
				it(`${name} (needs ${command.peer})`, () => understood(command));
				continue;
			}
			it(name, async () => {
				const args = ours(command);
				const { code, output } = await run(args);
				expect(allowed(args), output).toContain(code);
				expect(missing(output, command.shows), output).toEqual([]);
			}, 60_000);
		}
	});
}

/** The arguments of a command of ours. */
function ours(command: Command): string[] {
	const [npx, name, ...args] = words(command.text);
	if (npx !== "npx" || name !== "mitmsrp")
		throw new Error(`${command.at}: only mitmsrp is run; mark what else it needs by <!-- peer: … -->`);
	return args;
}

async function understood(command: Command): Promise<void> {
	const at = command.text.indexOf("npx mitmsrp");
	if (at === -1) return;
	const [, , sub, ...args] = words(command.text.slice(at));
	const { output } = await run([sub!, "--help"]);
	for (const option of args.filter((arg) => arg.startsWith("--"))) expect(output, `${command.at}: ${option}`).toContain(option);
}
