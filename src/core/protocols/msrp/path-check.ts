import type { Problem } from "../../model/problem.js";
import { ownText } from "./octets.js";

/** RFC 4975 §9 MSRP-URI: scheme, authority (host or IPv6 literal, port), session-id, transport, further parameters. */
const URI = /^msrps?:\/\/(?:[^@/;\s]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^:/;@\s[\]]+)(:[0-9]{1,5})?(\/[^;\s]*)?(;[^;=\s]+)?(?:;[^;\s]+)*$/i;
const SPACES = /[ \t]+/;
const MEMO = 64;

type PathFault = "msrp.bad-uri" | "msrp.uri-no-port" | "msrp.uri-no-transport";

export interface PathFinding {
	id: PathFault;
	uri: string;
}

const FINE: readonly PathFinding[] = [];

/** The URIs of a To-Path, From-Path or Use-Path value, in order. */
export function splitPath(value: string): string[] {
	if (!value.includes(" ") && !value.includes("\t")) return value === "" ? [] : [value];
	return value.split(SPACES).filter((uri) => uri !== "");
}

/**
 * What is wrong with the URIs of a path, each kind once, with the first URI concerned.
 * A URI without session-id is a relay's, which may leave its port to DNS (RFC 4976 §5.1).
 */
export function checkPath(value: string): readonly PathFinding[] {
	let findings: PathFinding[] | null = null;
	for (const uri of splitPath(value)) {
		const m = URI.exec(uri);
		let id: PathFault;
		if (m === null) id = "msrp.bad-uri";
		else if (m[1] === undefined && m[2] !== undefined) id = "msrp.uri-no-port";
		else if (m[3] === undefined) id = "msrp.uri-no-transport";
		else continue;
		if (findings?.some((finding) => finding.id === id)) continue;
		findings ??= [];
		findings.push({ id, uri });
	}
	if (value === "") return [{ id: "msrp.bad-uri", uri: "" }];
	return findings ?? FINE;
}

/** `checkPath` with a memory: the frames of a session repeat their paths. One per decoder. */
export class PathChecker {
	readonly #known = new Map<string, readonly PathFinding[]>();
	#last = "";
	#lastFindings: readonly PathFinding[] = FINE;
	#before = "";
	#beforeFindings: readonly PathFinding[] = FINE;

	check(value: string): readonly PathFinding[] {
		if (value === this.#last && value !== "") return this.#lastFindings;
		if (value === this.#before && value !== "") return this.#beforeFindings;
		let findings = this.#known.get(value);
		let key = value;
		if (findings === undefined) {
			findings = checkPath(value);
			if (this.#known.size >= MEMO) this.#known.clear();
			key = ownText(value);
			this.#known.set(key, findings);
		}
		this.#before = this.#last;
		this.#beforeFindings = this.#lastFindings;
		this.#last = ownText(key);
		this.#lastFindings = findings;
		return findings;
	}
}

/** Turns findings into problems of a frame, each kind once per frame. */
export function addPathProblems(into: Problem[], findings: readonly PathFinding[], length: number): void {
	for (const { id, uri } of findings) {
		if (!into.some((problem) => problem.id === id)) into.push({ id, offset: 0, length, detail: uri });
	}
}
