import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/core/redact/index.js";
import type { Entry, MsrpEntry, SipEntry } from "../../src/index.js";
import { analyzeCapture } from "../../src/shell/analyze.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = [
	"rules/room.pcapng",
	...readdirSync(`${ROOT}captures`)
		.filter((name) => /\.(?:pcap|cap|pcapng)$/.test(name))
		.map((name) => `captures/${name}`),
];
/** Enough of a big capture. */
const MOST = 1500;

type Message = SipEntry | MsrpEntry;

interface Both {
	before: { verdict: unknown; problems: string[]; secrets: string[] }[];
	after: { verdict: unknown; problems: string[]; octets: string }[];
}

function octetsOf(entry: Message): string {
	const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return frame.bytes.toString("latin1", frame.start, frame.end);
}

function verdictOf({ verdict }: Message): unknown {
	if (verdict === undefined) return undefined;
	const { headline, origin, audience, payload, confidence, flags, divergences, models, firings } = verdict;
	return {
		headline,
		origin,
		audience,
		payload,
		confidence,
		flags,
		codes: divergences.map(({ code }) => code),
		models: models.map((view) => [view.model, view.headline]),
		rules: firings.map(({ rule }) => rule),
	};
}

/** Findings about how messages are built; those about what they say may go with what they say. */
function problemsOf({ problems }: Entry): string[] {
	return problems
		.map(({ id }) => id as string)
		.filter((id) => id.startsWith("msrp."))
		.sort();
}

/** What may stay: services, words of protocols, what every machine has. */
const HARMLESS =
	/^(?:localhost|anonymous|invalid|.*factory.*|127\..*|0\.0\.0\.0|::1?|.{0,3}|\d+|sip|user|example|conference|server|client|focus|test|room|asterisk|(?:pcm[ua]|opus)\/.*)$/i;

/** Without the rows whose values stay: programs and their versions. */
function shown(octets: string): string {
	return octets.replace(/^(?:User-Agent|Server):.*$/gim, "");
}

/** Users, hosts, addresses and names that the octets show. */
function secretsOf(entry: Message): string[] {
	const text = shown(octetsOf(entry));
	const found = new Set<string>();
	const add = (word: string | undefined): void => {
		if (word !== undefined && !HARMLESS.test(word) && !/isfocus/i.test(word)) found.add(word);
	};
	for (const [, user, host] of text.matchAll(/\b(?:sips?|im|pres):(?:([\w.+-]+)(?:;\w+)?@)?([\w.-]+)/g)) {
		add(user);
		add(host);
	}
	for (const [, host] of text.matchAll(/SIP\/2\.0\/\w+ ([\w.-]+)/g)) add(host);
	for (const [, host] of text.matchAll(/msrps?:\/\/([\w.-]+)/g)) add(host);
	for (const [address] of text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g)) if (!/^(?:10|192\.168|172)\./.test(address)) add(address);
	for (const [, name] of text.matchAll(/^(?:From|To|Contact|f|t|m): *"([^"\\]{4,})"/gim)) add(name);
	if (entry.payload?.kind === "text" && /^[\x20-\x7e]*[A-Za-z]{4}/.test(entry.payload.text))
		add(entry.payload.text.split("\n")[0]!.trim().slice(0, 40));
	return [...found];
}

async function run(file: string): Promise<Both> {
	const both: Both = { before: [], after: [] };
	const redactor = new Redactor({
		key: "a key",
		classify: {},
		onEntry: (entry: Entry) => {
			if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
			both.after.push({ verdict: verdictOf(entry), problems: problemsOf(entry), octets: shown(octetsOf(entry)) });
		},
	});
	await analyzeCapture(
		ROOT + file,
		{ classify: {} },
		{
			done: () => both.before.length > MOST,
			entry: (entry) => {
				const before = redactor.leftOut;
				redactor.entry(entry);
				if ((entry.protocol === "sip" || entry.protocol === "msrp") && redactor.leftOut === before)
					both.before.push({ verdict: verdictOf(entry), problems: problemsOf(entry), secrets: secretsOf(entry) });
			},
		},
	);
	redactor.finish();
	return both;
}

describe.each(FILES)("%s", (file) => {
	it("has the same verdicts without names, and the names are gone", async () => {
		const { before, after } = await run(file);
		expect(after.map(({ verdict }) => verdict)).toEqual(before.map(({ verdict }) => verdict));
		expect(after.map(({ problems }) => problems)).toEqual(before.map(({ problems }) => problems));
		const secrets = new Set(before.flatMap(({ secrets: some }) => some));
		const leaks = after.flatMap(({ octets }) =>
			[...secrets]
				.filter((secret) => octets.toLowerCase().includes(secret.toLowerCase()))
				.map((secret) => `${secret}: ${octets.slice(0, 60)}`),
		);
		expect([...new Set(leaks)].slice(0, 20)).toEqual([]);
	});
});
