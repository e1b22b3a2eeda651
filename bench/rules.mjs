// 1,000 rules, some 350 KiB of YAML: what loading them costs, and what they cost a message that meets none. One line of JSON.

import { loadRules, parseYaml, RuleStage } from "../dist/core/rules/index.js";
import { Pipeline, RelayHub } from "../dist/index.js";

const RULES = 1000;

/** Rules of every kind that an index has to tell apart; none of them meets the messages below. */
function ruleFile(count) {
	const kinds = [
		(n) => `sip.Method == "INVITE" && sip.from.addr == "sip:user${n}@example.com"`,
		(n) => `sip.Method in {"MESSAGE", "INFO"} && sip.to.addr == "sip:user${n}@example.com"`,
		(n) => `sip.Call-ID == "call-${n}@example.com" && sip.Status-Code >= 400`,
		(n) => `sip.User-Agent matches "^Client/${n}\\\\." && sip.Method == "REGISTER"`,
		(n) => `sip.Subject contains "ticket ${n}"`,
		(n) => `msrp.method == "SEND" && msrp.messageid == "message-${n}"`,
		(n) => `msrp.to.path contains "session${n};tcp" && msrp.method == "SEND"`,
		(n) => `msrp.content.type matches "^application/x-kind-${n}$"`,
		(n) => `msrp.status.code == ${400 + (n % 200)} && msrp.from.path contains "gone${n}"`,
		(n) => `sip.Status-Code == ${400 + (n % 200)} && sip.from.addr matches "^sip:guest${n}@"`,
	];
	let text = "variables: {room: sip:room@example.com}\nrules:\n";
	for (let n = 0; n < count; n++) {
		text += `  - name: rule number ${n}\n    note: ${"why this rule is here, in a sentence or two that somebody wrote for whoever reads it next; ".repeat(1)}\n`;
		text += `    match: '${kinds[n % kinds.length](n)}'\n    times: ${1 + (n % 9)}\n    actions:\n`;
		text += `      - set-header: {name: X-Rule, value: "rule ${n} of \${room}"}\n      - delay: {time: ${n % 500}ms, jitter: 10ms}\n      - log: rule ${n} met a message\n`;
	}
	return text;
}

const path = (name) => `msrp://192.0.2.1:7000/${name};tcp`;
const SEND = `MSRP d93kswow SEND\r\nTo-Path: ${path("bobs")}\r\nFrom-Path: ${path("alices")}\r\nMessage-ID: 12339sdqwer\r\nByte-Range: 1-16/16\r\nContent-Type: text/plain\r\n\r\nHi, I'm Alice!!!\r\n-------d93kswow$\r\n`;
const OK = `MSRP d93kswow 200 OK\r\nTo-Path: ${path("alices")}\r\nFrom-Path: ${path("bobs")}\r\n-------d93kswow$\r\n`;
const sip = (start, more) =>
	`${start}\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nFrom: Alice <sip:alice@example.com>;tag=1\r\nTo: Bob <sip:bob@example.com>\r\nCall-ID: 1@192.0.2.1\r\nCSeq: 1 ${more}\r\nUser-Agent: Phone/1.0\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;
const CONVERSATIONS = {
	SEND: [SEND, 0],
	"200 to a SEND": [OK, 1],
	MESSAGE: [sip("MESSAGE sip:bob@example.com SIP/2.0", "MESSAGE"), 0],
	OPTIONS: [sip("OPTIONS sip:bob@example.com SIP/2.0", "OPTIONS"), 0],
	"200 to an INVITE": [sip("SIP/2.0 200 OK", "INVITE"), 1],
};

/** What a stage is given about one message, kept. */
function unitOf(octets, dir) {
	let unit;
	const keep = (one) => {
		(one.sip ?? one.msrp).retain();
		unit = { ...one, octets: Buffer.from(one.octets) };
		return undefined;
	};
	const pipeline = new Pipeline({ onEntry: () => {} });
	const hub = new RelayHub({ stages: [{ name: "bench", touches: () => true, sip: keep, msrp: keep }] });
	const flow = (id, leg) => ({
		id,
		transport: "tcp",
		a: { address: "192.0.2.1", port: 40000 },
		b: { address: "192.0.2.2", port: 5060 },
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: { sec: 1, nsec: 0, packet: 0 },
		leg,
	});
	const relay = hub.connect(
		{ client: flow(1, "client"), server: flow(2, "server"), openFlow: (one) => pipeline.openFlow(one) },
		{ send: () => {}, close: () => {} },
	);
	const buf = Buffer.from(octets, "latin1");
	relay.feed(dir, buf, 0, buf.length, { sec: 1, nsec: 0, packet: 0 });
	return unit;
}

function load(text) {
	const yamlStart = performance.now();
	const yaml = parseYaml(text);
	const compileStart = performance.now();
	const { set, problems } = loadRules(["bench.yaml"], { read: (name) => ({ name, text, yaml }), octets: () => ({ error: "" }) });
	if (set === undefined) throw new Error(problems[0].message);
	return { set, yaml: compileStart - yamlStart, compile: performance.now() - compileStart };
}

/** Microseconds a message; the best of several rounds. */
function cost(stage, unit) {
	const ask = unit.protocol === "sip" ? () => stage.sip(unit) : () => stage.msrp(unit);
	const rounds = 20_000;
	let least = Number.POSITIVE_INFINITY;
	for (let turn = 0; turn < 12; turn++) {
		const started = performance.now();
		for (let n = 0; n < rounds; n++) if (ask() !== undefined) throw new Error("a rule met the message");
		least = Math.min(least, performance.now() - started);
	}
	return (least / rounds) * 1000;
}

const text = ruleFile(RULES);
const loaded = load(text);
const many = new RuleStage(loaded.set, { seed: 1 });
const few = new RuleStage(load(ruleFile(0).replace("rules:\n", "rules: []\n")).set, { seed: 1 });
const messages = Object.fromEntries(
	Object.entries(CONVERSATIONS).map(([name, [octets, dir]]) => {
		const unit = unitOf(octets, dir);
		return [name, { without: cost(few, unit), with: cost(many, unit) }];
	}),
);
const again = load(text);
console.log(
	JSON.stringify({ rules: RULES, octets: text.length, yaml: loaded.yaml, compile: loaded.compile, again: again.compile, messages }),
);
