import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { problemText } from "../../src/core/rules/index.js";
import { LiveRules, type LiveRulesOptions, RuleFilesError } from "../../src/shell/rules/live-rules.js";
import { client, peer, proxyFor, until } from "../proxy/peers.js";
import { request } from "./messages.js";

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-rules-"));
	file = join(folder, "rules.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rules = (value: string): string =>
	`rules:\n  - name: mark\n    match: sip\n    actions:\n      - set-header: {name: X-Rules, value: "${value}"}\n      - set-header: {name: X-Again, value: "${value}"}\n`;

async function open(options: LiveRulesOptions = {}): Promise<LiveRules> {
	const live = await LiveRules.open([file], { seed: 1, ...options });
	onTestFinished(() => live.close());
	return live;
}

it("a change of the file is one swap under traffic: each message has the old rules or the new ones, none is lost", async () => {
	writeFileSync(file, rules("old"));
	let reloads = 0;
	const live = await open({ watch: true, onReload: () => reloads++ });
	let got = "";
	const { port } = await peer((socket) => socket.on("data", (chunk) => (got += chunk.toString("latin1"))));
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${port}`], stages: [live.stage], classify: {} });
	const socket = await client(proxy.hops[0]!.port);
	const messages = () => got.split(/(?=OPTIONS sip:)/).filter((text) => text !== "");
	let sent = 0;
	const send = async (): Promise<void> => {
		socket.write(request("OPTIONS", ++sent));
		await until(() => messages().length >= sent && got.endsWith("\r\n\r\n"));
	};
	await send();
	expect(messages()[0]).toContain("X-Rules: old\r\nX-Again: old");
	writeFileSync(file, rules("new"));
	for (let n = 0; n < 2000 && reloads === 0; n++) await send();
	await until(() => reloads > 0);
	await send();
	const seen = messages().map((text) => [/^X-Rules: (\w+)/m.exec(text)?.[1], /^X-Again: (\w+)/m.exec(text)?.[1]]);
	expect(seen.every(([one, again]) => one !== undefined && one === again)).toBe(true);
	const first = seen.findIndex(([one]) => one === "new");
	expect(seen.slice(first).every(([one]) => one === "new")).toBe(true);
	expect(seen.at(-1)).toEqual(["new", "new"]);
	expect(messages().map((text) => /^CSeq: (\d+)/m.exec(text)![1])).toEqual(Array.from({ length: sent }, (_, n) => String(n + 1)));
});

it("a broken file keeps the old rules and says where it is wrong; a mended one is used", async () => {
	writeFileSync(file, rules("old"));
	const outcomes: string[] = [];
	const live = await open({
		onReload: (outcome) => outcomes.push("set" in outcome ? "used" : outcome.problems.map(problemText).join()),
	});
	const before = live.set;
	writeFileSync(file, rules("new").replace("match: sip", "match: sip.Metod == 1"));
	expect(await live.reload()).toBe(false);
	expect(live.set).toBe(before);
	expect(outcomes[0]).toContain("sip.Method");
	rmSync(file);
	expect(await live.reload()).toBe(false);
	expect(live.set).toBe(before);
	writeFileSync(file, rules("new"));
	expect(await live.reload()).toBe(true);
	expect(outcomes.at(-1)).toBe("used");
	expect(live.set).not.toBe(before);
});

it("a file that is wrong from the start is refused, with everything that is wrong", async () => {
	writeFileSync(file, "rules:\n  - {name: a, match: sip.Metod, actions: [drop]}\n  - {name: b, actions: [dropp]}\n");
	const error = await LiveRules.open([file]).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(RuleFilesError);
	expect((error as Error).message).toMatch(/rules\.yaml:2:\d+.*sip\.Method/);
	expect((error as Error).message).toMatch(/rules\.yaml:3:\d+.*drop/);
});
