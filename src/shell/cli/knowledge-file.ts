import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { nearest } from "../../core/rules/filter/nearest.js";

/** What may be told about a conference by hand. */
export interface KnowledgeFile {
	"session-identity"?: string[];
	"group-identity"?: string[];
	factory?: string[];
	own?: string[];
	roster?: string[];
	profile?: string;
	kind?: string;
	"identity-match"?: string;
	"rule-set"?: string;
}

/** Keys that take one URI or a list of them. */
const LISTS = ["session-identity", "group-identity", "factory", "own", "roster"] as const;
/** Keys that take one of these words. */
export const CHOICES = {
	profile: ["auto", "oma", "rcs", "rfc7701"],
	kind: ["conference", "one-to-one"],
	"identity-match": ["octet", "uri", "aor", "number"],
	"rule-set": ["cr", "legacy", "both"],
} as const;

const LONGEST = 1 << 20;

/** All that is wrong with a knowledge file, one `file:line:col: message` a line. */
export class KnowledgeError extends Error {}

/**
 * Reads the YAML text of `--knowledge`.
 *
 * @param name the file's name, for messages
 * @param checkUri what is wrong with a URI, undefined when it is fine
 * @throws KnowledgeError with every error at once
 */
export function parseKnowledge(text: string, name: string, checkUri: (text: string) => string | undefined): KnowledgeFile {
	const lines = new LineCounter();
	const errors: string[] = [];
	const add = (offset: number, message: string): void => {
		const { line, col } = lines.linePos(offset);
		errors.push(`${name}:${line}:${col}: ${message}`);
	};
	if (text.length > LONGEST) throw new KnowledgeError(`${name}: more than ${LONGEST} characters: this is no knowledge file`);
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
	for (const problem of document.errors) add(problem.pos[0], problem.message);
	const found: KnowledgeFile = {};
	const top = document.contents;
	if (errors.length === 0 && top !== null) {
		if (!isMap(top)) add(offsetOf(top), "a mapping such as `own: sip:bob@example.com` is expected here");
		else for (const pair of top.items) readPair(pair.key as Node, pair.value as Node | null, found, add, checkUri);
	}
	if (errors.length > 0) throw new KnowledgeError(errors.join("\n"));
	return found;
}

type Add = (offset: number, message: string) => void;

function readPair(key: Node, value: Node | null, found: KnowledgeFile, add: Add, checkUri: (text: string) => string | undefined): void {
	const name = isScalar(key) ? String(key.value) : "";
	const list = LISTS.find((one) => one === name);
	const choice = (Object.keys(CHOICES) as (keyof typeof CHOICES)[]).find((one) => one === name);
	if (list === undefined && choice === undefined) {
		add(offsetOf(key), `there is no such key; did you mean ${nearest(name, [...LISTS, ...Object.keys(CHOICES)])}?`);
		return;
	}
	// "own:" with nothing behind it is a null of no length.
	const empty = value === null || (isScalar(value) && value.value === null);
	const at = empty ? offsetOf(key) : offsetOf(value);
	if (choice !== undefined) {
		const word = !empty && isScalar(value) ? String(value.value) : "";
		const words: readonly string[] = CHOICES[choice];
		if (words.includes(word)) found[choice] = word;
		else add(at, `${name} must be one of ${words.join(", ")}${word === "" ? "" : `; did you mean ${nearest(word, words)}?`}`);
		return;
	}
	const items = isSeq(value) ? (value.items as Node[]) : empty ? [] : [value];
	if (items.length === 0) add(at, `${name} needs a URI or a list of URIs`);
	const uris: string[] = [];
	for (const item of items) {
		if (isAlias(item) || !isScalar(item) || typeof item.value !== "string") {
			add(offsetOf(item), "a URI such as sip:alice@example.com is expected here");
			continue;
		}
		const wrong = checkUri(item.value);
		if (wrong === undefined) uris.push(item.value);
		else add(offsetOf(item), wrong);
	}
	found[list!] = uris;
}

function offsetOf(node: Node): number {
	return node.range?.[0] ?? 0;
}
