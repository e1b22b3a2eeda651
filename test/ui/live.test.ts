import { describe, expect, it } from "vitest";
import type { ControlledProxy } from "../../src/index.js";
import { LiveWorld } from "../../src/shell/ui/app/world.js";
import { keymapOf } from "../../src/shell/ui/keys/key-file.js";
import { parseChange, parseInjection, proposal, unescaped } from "../../src/shell/ui/live/change.js";
import { ProxyControls } from "../../src/shell/ui/live/controls.js";
import { live } from "../live/rig.js";
import { until } from "../proxy/peers.js";
import { fromRoom, INVITE } from "../relay/conversation.js";
import { Session } from "./helper.js";

const chat = (id: string, text = "hello") => fromRoom(id, "sip:alice@example.com", "sip:bob@example.com", text);

function watch(proxy: ControlledProxy, width = 120): { session: Session; controls: ProxyControls; reloads: number[] } {
	const reloads: number[] = [];
	const controls = new ProxyControls(proxy, { readFile: () => Buffer.from("from a file"), reload: () => void reloads.push(1) });
	const world = new LiveWorld({
		keys: keymapOf("mitmproxy"),
		source: { title: "proxy", phase: "live" },
		classify: { level: "uri", rules: "both" },
		live: controls,
		clock: () => ({ sec: Math.floor(Date.now() / 1000), nsec: 0 }),
	});
	proxy.on("entry", (entry) => world.store.add(entry));
	return { session: new Session(world, width, 30), controls, reloads };
}

/** Does what the session asked for; gives what was said. */
function obey({ session, controls }: { session: Session; controls: ProxyControls }): string[] {
	const said = session.effects.flatMap((effect) => (effect.kind === "live" ? [controls.order(effect.order)] : []));
	session.effects = [];
	session.world.work(() => false);
	return said;
}

describe("held messages", () => {
	it("are listed with their fate, edited in decoded form and let go on, lengths mended", async () => {
		const { proxy, client, received } = await live();
		const watched = watch(proxy);
		const { session } = watched;
		session.keys("i").type('msrp.method == "SEND"').keys("enter");
		expect(obey(watched)).toEqual(["breakpoint 1 holds what matches; after 300 s it is resumed"]);
		client.write(chat("abcd1"));
		await until(() => proxy.held.length === 1);
		session.world.work(() => false);
		session.keys("H");
		expect(session.lines[0]).toContain("1 HELD");
		expect(session.lines[1]).toMatch(/^ 1 held {2}1 breakpoints, lengths follow edits, 1 open connections/);
		expect(session.lines[2]).toMatch(/^ {4}1 +\d+ s resumed in (29\d|30[01]) s +→ server conn 1 #\d+ .*SEND/);
		expect(session.lines[3]).toMatch(/● on {2}breakpoint 1 1 held; after 300 s resumed {2}msrp\.method == "SEND"/);
		session.keys("enter");
		expect(session.lines[1]).toContain("SEND");
		session.keys("e");
		expect(session.state.prompt?.text).toBe("text=hello");
		session.keys("C-u").type("text=good morning").keys("enter");
		expect(obey(watched)).toEqual(["message 1 goes on, changed; lengths follow"]);
		await until(() => received.server.includes("abcd1$"));
		expect(received.server).toBe(chat("abcd1", "good morning"));
	});

	it("are dropped, doubled, resumed; breakpoints switched and taken away", async () => {
		const { proxy, client, received } = await live();
		const watched = watch(proxy);
		const { session } = watched;
		session.keys(":").type("breakpoint msrp").keys("enter", "H");
		obey(watched);
		client.write(chat("abcd1") + chat("abcd2") + chat("abcd3"));
		await until(() => proxy.held.length === 1);
		session.keys("g", "X");
		expect(obey(watched)).toEqual(["message 1 is dropped"]);
		await until(() => proxy.held[0]?.id === 2);
		session.keys("g", "D");
		expect(obey(watched)).toEqual(["message 2 goes on twice"]);
		await until(() => proxy.held[0]?.id === 3);
		session.keys("g", "a");
		expect(obey(watched)).toEqual(["message 3 goes on"]);
		await until(() => received.server.includes("abcd3$"));
		expect(received.server).toBe(chat("abcd2") + chat("abcd2") + chat("abcd3"));
		session.keys("g", "enter");
		expect(obey(watched)).toEqual(["breakpoint 1 is off"]);
		expect(session.text).toContain("○ off breakpoint 1");
		session.keys(":").type("breakpoint-remove").keys("enter");
		expect(obey(watched)).toEqual(["breakpoint 1 is gone; what it holds is still held"]);
		expect(session.text).toContain("nothing is held");
	});

	it("injections go where they are told to", async () => {
		const { proxy, client, received } = await live();
		const watched = watch(proxy);
		client.write(INVITE);
		await until(() => received.server.includes("INVITE"));
		watched.session.keys("I").type("1 client OPTIONS\\r\\n").keys("enter");
		expect(obey(watched)).toEqual(["9 octets go to the client of connection 1"]);
		await until(() => received.client === "OPTIONS\r\n");
		watched.session.keys("I").type("1 server @message.txt").keys("enter");
		expect(obey(watched)).toEqual(["11 octets go to the server of connection 1"]);
		await until(() => received.server.endsWith("from a file"));
		watched.session.keys("I").type("nonsense").keys("enter");
		expect(() => obey(watched)).toThrow("write CONNECTION client|server TEXT");
	});
});

it("back out of the first screen cuts no connection off: it says how to end", async () => {
	const { proxy } = await live();
	const { session } = watch(proxy);
	session.keys("H", "q", "escape");
	expect(session.effects).toEqual([]);
	expect(session.lines.at(-1)).toContain("connections go through here: ^C ends them");
	session.keys("j");
	expect(session.lines.at(-1)).toMatch(/\^C quit *$/);
	session.keys("Q");
	expect(session.effects).toEqual([{ kind: "quit" }]);
});

describe("rules and ALG", () => {
	it("rules show what they met and missed, and are switched", async () => {
		const { proxy, client, received } = await live();
		proxy.addRule({ name: "no sends", match: 'msrp.method == "REPORT" && msrp', actions: ["drop"] });
		const watched = watch(proxy, 160);
		client.write(chat("abcd1"));
		await until(() => received.server.includes("abcd1$"));
		watched.session.keys("R");
		expect(watched.session.lines[2]).toMatch(/^ ● on {2}no sends .*msrp\.method == "REPORT".*drop {2}added/);
		watched.session.keys("enter");
		expect(obey(watched)).toEqual(["rule no sends is off"]);
		expect(watched.session.lines[2]).toMatch(/^ ○ off no sends/);
	});

	it("profiles are switched, and what they change is counted", async () => {
		const { proxy } = await live({ alg: ["A2"] });
		const watched = watch(proxy, 160);
		watched.session.keys("P");
		expect(watched.session.lines[1]).toContain("ALG A2  no message is shown as something else because of rewriting");
		const row = (): string => watched.session.lines.slice(2).find((line) => / A2 /.test(line.slice(0, 14)))!;
		expect(row()).toMatch(/^ ● on {2}A2 +1\. +0 changed/);
		const list = watched.session.world.list(watched.session.state, watched.session.state.screens.at(-1)!)!;
		watched.session.event({ kind: "click", target: { key: "A2" } }).keys("space");
		expect(list.length).toBeGreaterThan(10);
		expect(obey(watched)[0]).toMatch(/^ALG off, in \d open connections too; counts begin anew$/);
		expect(row()).toMatch(/^ ○ off A2/);
		expect(proxy.alg.profiles).toEqual([]);
	});

	it("reload asks whoever opened the screen", async () => {
		const { proxy } = await live();
		const watched = watch(proxy);
		watched.session.keys("C-r");
		expect(obey(watched)).toEqual(["reading configuration and rules again"]);
		expect(watched.reloads).toEqual([1]);
	});
});

describe("changes as they are typed", () => {
	it.each([
		["text=hello", { text: Buffer.from("hello") }],
		["text=a=b\\r\\n\\x00\\\\", { text: Buffer.from("a=b\r\n\0\\") }],
		["body=", { body: Buffer.alloc(0) }],
		["start=BYE sip:a@b SIP/2.0", { startLine: "BYE sip:a@b SIP/2.0" }],
		["header Contact=<sip:x@192.0.2.1>;isfocus", { headers: { Contact: "<sip:x@192.0.2.1>;isfocus" } }],
		["header Subject=", { headers: { Subject: null } }],
		["cpim From = <sip:a@b>", { cpim: { From: "<sip:a@b>" } }],
	])("%s", (text, edit) => {
		expect(parseChange(text)).toEqual(edit);
	});

	it.each(["", "text", "header=x", "header =x", "nonsense=x"])("%j is refused, and it is said how to write one", (text) => {
		expect(() => parseChange(text)).toThrow("write text=…");
	});

	it("octets of one's own", () => {
		expect(parseInjection("#3 server @ a.txt")).toEqual({ connection: 3, dir: 0, octets: undefined, file: "a.txt" });
		expect(unescaped("ä\\xff\\q").toString("hex")).toBe("c3a4ff5c71");
	});

	it("the proposal for a message without a text is its first line", async () => {
		const { proxy, client } = await live();
		proxy.breakpoints.add("sip");
		client.write(INVITE);
		await until(() => proxy.held.length === 1);
		expect(proposal(proxy.held[0]!)).toMatch(/^start=INVITE sip:/);
	});
});
