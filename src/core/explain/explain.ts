import type { Verdict } from "../classify/classifier.js";
import type { ClassifyOptions } from "../classify/classify.js";
import { divergenceTitle } from "../classify/divergence.js";
import { classWords } from "../export/class-label.js";
import { contentSummary, excerpt } from "../export/content-summary.js";
import { formatDifference } from "../export/time-format.js";
import { NOT_SPOKEN } from "../fields/im.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";
import type { CpimAddress } from "../protocols/cpim/types.js";
import type { Chain } from "./chain.js";
import { chainSentences } from "./chain-text.js";
import { type Outcome, type Shown, whatIf } from "./edits.js";
import { knowledgeBlocks } from "./knowledge.js";
import { modelBlocks } from "./models.js";
import { subjectOf } from "./subject.js";
import { threadBlocks } from "./threads.js";
import { type Block, type Explanation, type Part, point, type Section, say, sentence, wire } from "./types.js";
import { evidenceWords, isMessage, ruleWords, shownAs, wayWords } from "./words.js";

export interface ExplainOptions {
	classify: ClassifyOptions;
	/** zero of relative times */
	zero: { sec: number; nsec: number };
}

/** Characters of each part of a header line. */
const LINE = 500;

/**
 * The reasoning for one message, to be called while the entry's octets are there. What came back for the message
 * is known later: `withChain` adds it.
 */
export function explain(entry: SipEntry | MsrpEntry, verdict: Verdict, options: ExplainOptions): Explanation {
	const sections: Section[] = [
		{ title: "Verdict", blocks: verdictBlocks(verdict) },
		{ title: "The message", blocks: messageBlocks(entry) },
	];
	if (verdict.models.length > 0 || verdict.headline === "one-to-one" || verdict.headline === "unwrapped") {
		sections.push({ title: "What was known at that moment, and from where", blocks: knowledgeBlocks(verdict.knowledge, entry.protocol) });
	}
	if (verdict.models.length > 0) sections.push({ title: "What each kind of client shows, and why", blocks: modelBlocks(verdict) });
	const request = verdict.firings.some(({ clause }) => /\bCR\b/.test(clause));
	const rules = request ? "Rules and clauses (CR: the OMA change request on isfocus)" : "Rules and clauses";
	sections.push({ title: rules, blocks: ruleBlocks(verdict) });
	if (entry.cpim !== undefined && entry.cpimBytes !== undefined) {
		const outcomes = whatIf(entry.cpimBytes, subjectOf(entry), verdict, options.classify);
		sections.push({ title: "What would change it", blocks: changeBlocks(outcomes, isMessage(verdict.headline)) });
	}
	return { title: titleOf(entry, verdict, options), sections: sections.filter(({ blocks }) => blocks.length > 0) };
}

/** The explanation with what came back for the message. */
export function withChain(explanation: Explanation, chain: Chain | undefined): Explanation {
	if (chain === undefined) return explanation;
	const blocks = chainSentences(chain).map(({ link, text, wire: said, missing }) =>
		sentence(said === "" ? say`${link}: ${text}.` : say`${link}: ${wire(said)}, ${text}.`, missing ? "warn" : undefined),
	);
	return { ...explanation, sections: [...explanation.sections, { title: `What came back for #${chain.entry}`, blocks }] };
}

function titleOf(entry: SipEntry | MsrpEntry, verdict: Verdict, { zero }: ExplainOptions): Part[] {
	const method = entry.protocol === "sip" ? `SIP ${entry.sip.method}` : `MSRP ${entry.msrp.method}`;
	const session = entry.links.session === undefined ? "" : ` of session ${entry.links.session}`;
	const way = verdict.toClient === undefined ? "" : verdict.toClient ? ", to the client" : ", from the client";
	return say`#${entry.number}: ${wire(method)}${session} at ${formatDifference(entry.at, zero)} s${way}`;
}

function verdictBlocks(verdict: Verdict): Block[] {
	const { headline, confidence, flags, truth, truthHeadline } = verdict;
	if (NOT_SPOKEN.has(headline)) return [sentence(say`This is ${classWords(headline)} (class ${headline}): ${verdict.hint}.`)];
	const blocks: Block[] = [
		sentence(say`A compliant client on this leg shows ${shownAs(verdict)}.`),
		point(say`Class ${headline}, ${wayWords(verdict)}, confidence ${confidence}; rendering: ${verdict.hint}.`),
	];
	blocks.push(...threadBlocks(verdict));
	if (flags.length > 0) blocks.push(point(say`Flags: ${flags.join(", ")}.`));
	if (truth !== undefined) {
		const what = truthHeadline === undefined ? "not known" : classWords(truthHeadline);
		blocks.push(point(say`In truth it is ${what}, ${wayWords(truth)}. Proof: ${truth.proof}.`));
	}
	for (const { code, severity, cause } of verdict.divergences) {
		blocks.push(sentence(say`${code}: ${divergenceTitle(code)}. Cause: ${wire(cause)}.`, severity));
	}
	if (verdict.models.length > 0 && verdict.divergences.length === 0) {
		const same = isMessage(headline) ? "they show the same" : "they take it for the same sender's";
		blocks.push(sentence([`Clients agree: whether they compare identities or look for isfocus, ${same}.`]));
	}
	if (flags.includes("suspected-rewrite")) {
		blocks.push(sentence(["They may all be wrong: an address that nobody knows behaves like the room's own (R35)."], "warn"));
	}
	return blocks;
}

function messageBlocks(entry: SipEntry | MsrpEntry): Block[] {
	const summary = contentSummary(entry);
	const blocks: Block[] = summary === "" ? [] : [sentence([wire(summary)])];
	if (entry.protocol === "msrp" && entry.message?.state === "open") {
		const { contiguous, total } = entry.message;
		const of = total === undefined ? "" : ` of ${total}`;
		blocks.push(sentence(say`The message goes on: ${String(contiguous)}${of} octets had arrived; its last chunk shows all of it.`));
	}
	const { cpim, cpimBytes } = entry;
	if (cpim === undefined || cpimBytes === undefined) return blocks;
	for (const address of [...cpim.from, ...cpim.to, ...cpim.cc].slice(0, 16)) blocks.push(octetsOf(address, cpimBytes));
	return blocks;
}

/** The header line with the octets of its URI marked. */
function octetsOf({ header, uriStart, uriEnd }: CpimAddress, octets: Buffer): Block {
	const piece = (start: number, end: number): string => octets.toString("utf8", start, Math.max(start, end));
	const from = uriEnd > uriStart ? uriStart : header.valueStart;
	const to = uriEnd > uriStart ? uriEnd : header.valueEnd;
	const after = piece(to, header.end).replace(/\r?\n$/, "");
	return {
		kind: "octets",
		before: excerpt(piece(header.start, from), LINE),
		marked: excerpt(piece(from, to), LINE),
		after: excerpt(after, LINE),
	};
}

function ruleBlocks({ firings }: Verdict): Block[] {
	return firings.flatMap(({ rule, clause, evidence }) => {
		const rests = clause === "" ? "decision of this project" : clause;
		const blocks = [sentence(say`${rule} (${rests}): ${ruleWords(rule)}.`)];
		// From and To stand above with their octets; what they were compared with does not.
		for (const { what, value, entry } of evidence) {
			if (what === "From" || what === "To") continue;
			blocks.push(point(say`${evidenceWords(what)}: ${wire(value.trim())}${entry === undefined || entry === 0 ? "" : `, #${entry}`}`));
		}
		return blocks;
	});
}

function changeBlocks(outcomes: readonly Outcome[], message: boolean): Block[] {
	if (outcomes.length === 0) {
		return [sentence(["Nothing that was tried: isfocus added to and taken from From and To, other addresses, more knowledge."])];
	}
	return outcomes.map(({ change, before, after }) => {
		const parts: Part[] = [capital(change[0]!), ...change.slice(1)];
		const headline = after.reference === before.reference ? "this would still be" : "this would be";
		return sentence([
			...parts,
			` ${headline} ${classWords(after.reference)}`,
			message ? shownWords(before, after) : ownerWords(after),
			".",
		]);
	});
}

/** What the two kinds of client would show, where the message is judged as one of a conference. */
function shownWords(before: Shown, after: Shown): string {
	const shows: string[] = [];
	for (const [model, who] of [
		["legacy", "a client that compares identities"],
		["isfocus", "one that looks for isfocus"],
	] as const) {
		const what = after[model];
		if (what !== undefined) shows.push(`${who} ${what === before[model] ? "still " : ""}shows ${classWords(what)}`);
	}
	return shows.length === 0 ? "" : ` (${shows.join(", ")}${after.legacy === after.isfocus ? ": then they agree" : ""})`;
}

/** Whose a typing indicator or notification would be. */
function ownerWords({ system }: Shown): string {
	if (system.legacy === system.isfocus) return system.legacy ? ", of the room itself for every client" : ", of a user for every client";
	const sees = system.legacy ? "compares identities" : "looks for isfocus";
	return `, of the room itself for a client that ${sees}, of a user for the other kind`;
}

function capital(part: Part): Part {
	return typeof part === "string" ? part.charAt(0).toUpperCase() + part.slice(1) : part;
}
