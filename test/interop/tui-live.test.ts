import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { until } from "../proxy/peers.js";
import { fromRoom, INVITE } from "../relay/conversation.js";
import { build } from "./build.js";
import { itWith } from "./peers.js";
import { TmuxTerminal } from "./tui-terminal.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);

let program: ReturnType<typeof build>;
let folder: string;
let server: Server;
let received: string;
let terminal: TmuxTerminal | undefined;
let client: Socket | undefined;

beforeAll(() => {
	program = build();
}, 120_000);
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-live-"));
	received = "";
	server = createServer((socket) => {
		socket.on("data", (chunk) => {
			received += chunk.toString("latin1");
		});
		socket.on("error", () => {});
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(async () => {
	client?.destroy();
	terminal?.close();
	await new Promise((done) => server.close(done));
	rmSync(folder, { recursive: true, force: true });
});
afterAll(() => program.remove());

/** `mitmsrp proxy` in a terminal of its own, and a client connected to it. */
async function proxy(flags = "", env: Record<string, string> = {}): Promise<TmuxTerminal> {
	const pane = new TmuxTerminal({ columns: 120, rows: 30, env: { XDG_CONFIG_HOME: folder, ...env } });
	terminal = pane;
	const { port } = server.address() as { port: number };
	pane.run(`node ${program.main} proxy --hop 'tcp://127.0.0.1:0=>tcp://127.0.0.1:${port}' ${flags}`);
	const screen = await pane.until(/tcp:\/\/127\.0\.0\.1:\d+ → tcp/);
	const listening = Number(/tcp:\/\/127\.0\.0\.1:(\d+) →/.exec(screen)![1]);
	client = connect(listening, "127.0.0.1");
	client.on("error", () => {});
	return pane;
}

/** A breakpoint for SEND, and the list of held messages. */
async function holdSends(pane: TmuxTerminal, fate: string): Promise<void> {
	pane.keys("i");
	pane.type('msrp.method == "SEND"');
	pane.keys("Enter", "H");
	await pane.until("1 breakpoints", "● on  breakpoint 1", fate);
}

async function ended(pane: TmuxTerminal): Promise<void> {
	await pane.until(() => pane.fact("alternate_on") === "0");
	await pane.until(/stopped after \d+ connection/);
	expect(pane.fact("cursor_flag")).toBe("1");
	expect(pane.fact("mouse_any_flag")).toBe("0");
}

itWith("tmux", "a message is held, edited in decoded form and resumed; lengths are mended", async () => {
	const pane = await proxy();
	await holdSends(pane, "after 300 s resumed");
	client!.write(chat("abcd1"));
	await pane.until("1 HELD", /resumed in \d+ s/);
	expect(received).toBe("");
	pane.keys("e");
	await pane.until("text=hello");
	pane.keys("C-u");
	pane.type("text=good morning to you");
	pane.keys("Enter");
	await until(() => received.includes("abcd1$"));
	expect(received).toBe(chat("abcd1", "good morning to you"));
	await pane.until(" 0 held");
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "dropped, doubled, and edited as octets in $EDITOR with lengths left as they were", async () => {
	const editor = join(folder, "edit.sh");
	writeFileSync(editor, '#!/bin/sh\nsed -i "s/hello/hello there/" "$1"\n', { mode: 0o755 });
	const pane = await proxy("", { EDITOR: editor, VISUAL: editor });
	pane.keys(":");
	pane.type("breakpoint msrp");
	pane.keys("Enter", "H");
	await pane.until("1 breakpoints");
	client!.write(chat("abcd1") + chat("abcd2") + chat("abcd3"));
	await pane.until("1 HELD", /^ +1 +\d+ s /m);
	pane.keys("g", "X");
	await pane.until("1 HELD", /^ +2 +\d+ s /m);
	pane.keys("g", "D");
	await until(() => received.length === 2 * chat("abcd2").length);
	expect(received).toBe(chat("abcd2") + chat("abcd2"));
	await pane.until("1 HELD", /^ +3 +\d+ s /m);
	pane.keys(":");
	pane.type("mend");
	pane.keys("Enter");
	await pane.until("lengths are left as edits leave them");
	pane.keys("g", "E");
	await until(() => received.includes("abcd3$"));
	expect(received).toBe(chat("abcd2") + chat("abcd2") + chat("abcd3").replace("hello", "hello there"));
	// The editor has the terminal until it ends: keys that come before would be its own.
	await pane.until(" 0 held");
	pane.keys("K");
	await pane.until("message 1 is dropped", "message 2 goes on twice", "message 3 goes on, changed; lengths are left as they were");
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "octets of one's own go into an open connection, to either end", async () => {
	const pane = await proxy();
	client!.write(chat("abcd1"));
	await until(() => received === chat("abcd1"));
	let back = "";
	client!.on("data", (chunk) => {
		back += chunk.toString("latin1");
	});
	pane.keys("H");
	await pane.until("0 held", "1 open connections");
	pane.keys("I");
	await pane.until(/^inject:/m);
	pane.type(
		"1 server MSRP zz1 200 OK\\r\\nTo-Path: msrp://a.example.com:1/x;tcp\\r\\nFrom-Path: msrp://b.example.com:2/y;tcp\\r\\n-------zz1$\\r\\n",
	);
	pane.keys("Enter");
	await until(() => received.endsWith("-------zz1$\r\n"));
	pane.keys("I");
	await pane.until(/^inject:/m);
	pane.type("1 client hello\\x0d\\n");
	pane.keys("Enter");
	await until(() => back === "hello\r\n");
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "a message that nobody looks at goes its way by policy, and it is said that it did", async () => {
	const pane = await proxy("--hold-timeout 0.5 --hold-then drop");
	await holdSends(pane, "after 0.5 s dropped");
	client!.write(chat("abcd1"));
	pane.keys("K");
	await pane.until("breakpoint 1 holds what matches; after 0.5 s it is dropped", "message 1 was held for 0.5 s: dropped");
	expect(received).toBe("");
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "a held message whose connection breaks is not held any more, and it is said why", async () => {
	const pane = await proxy();
	await holdSends(pane, "after 300 s resumed");
	client!.write(chat("abcd1"));
	await pane.until("1 HELD");
	client!.resetAndDestroy();
	await pane.until(" 0 held");
	pane.keys("K");
	await pane.until("message 1 is not held any more: its connection is over");
	expect(received).toBe("");
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "rules are counted and switched, profiles too; what rules say is in the log", async () => {
	const rules = join(folder, "rules.yaml");
	writeFileSync(rules, 'rules:\n  - name: no sends\n    match: msrp.method == "SEND"\n    actions: [{log: "swallowed one"}, drop]\n');
	const pane = await proxy(`--rules ${rules} --alg A2`);
	client!.write(chat("abcd1"));
	pane.keys("R");
	await pane.until(/● on +no sends +1/);
	pane.keys("Enter");
	await pane.until(/○ off +no sends/);
	client!.write(chat("abcd2"));
	await until(() => received.includes("abcd2$"));
	expect(received).toBe(chat("abcd2"));
	pane.keys(":");
	pane.type("log");
	pane.keys("Enter");
	await pane.until("swallowed one");
	pane.keys("P");
	await pane.until(/● on +A2/);
	pane.keys(":");
	pane.type("switch A2");
	pane.keys("Enter");
	await pane.until(/○ off +A2/);
	pane.keys("Q");
	await ended(pane);
});

itWith("tmux", "SIGTERM gives the terminal back; messages of the run are there to be read", async () => {
	const pane = await proxy("--alg A2");
	client!.write(INVITE);
	await pane.until(/[1-9] entries/);
	const shell = pane.fact("pane_pid");
	const [pid] = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ").map(Number);
	process.kill(pid!, "SIGTERM");
	client!.destroy();
	await ended(pane);
});

itWith("tmux", "--no-tui: a log, on a terminal too", async () => {
	terminal = new TmuxTerminal({ columns: 150, rows: 30, env: { XDG_CONFIG_HOME: folder } });
	const { port } = server.address() as { port: number };
	terminal.run(`node ${program.main} proxy --no-tui --hop 'tcp://127.0.0.1:0=>tcp://127.0.0.1:${port}'`);
	const screen = await terminal.until(/listening at tcp:\/\/127\.0\.0\.1:\d+/);
	expect(terminal.fact("alternate_on")).toBe("0");
	client = connect(Number(/listening at tcp:\/\/127\.0\.0\.1:(\d+)/.exec(screen)![1]), "127.0.0.1");
	client.on("error", () => {});
	client.write(chat("abcd1"));
	await terminal.until(/SEND.*bob/);
	terminal.keys("C-c");
	client.destroy();
	await terminal.until("stopped after 1 connection");
});
