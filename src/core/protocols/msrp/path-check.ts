import type { DiagnosticId } from "../../model/problem.js";

/** RFC 4975 §9 MSRP-URI: scheme, authority (host or IPv6 literal, port), session-id, transport, further parameters. */
const URI = /^msrps?:\/\/(?:[^@/;\s]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^:/;@\s[\]]+)(:[0-9]{1,5})?(\/[^;\s]*)?(;[^;=\s]+)?(?:;[^;\s]+)*$/i;
const SPACES = /[ \t]+/;
const MEMO = 64;

type PathFault = Extract<DiagnosticId, "msrp.bad-uri" | "msrp.uri-no-port" | "msrp.uri-no-transport">;

export interface PathFinding {
	id: PathFault;
	uri: string;
}

/** A To-Path or From-Path line taken apart. */
export interface Path {
	/** the whole line with its line end, one character per octet */
	readonly line: string;
	readonly uris: readonly string[];
	/** each kind once, with the first URI concerned */
	readonly findings: readonly PathFinding[];
}

/** The URIs of a To-Path, From-Path or Use-Path value, in order. */
export function splitPath(value: string): string[] {
	return value.split(SPACES).filter((uri) => uri !== "");
}

/** A URI without session-id is a relay's, which may leave its port to DNS (RFC 4976 §5.1). */
function fault(uri: string): PathFault | null {
	const m = URI.exec(uri);
	if (m === null) return "msrp.bad-uri";
	if (m[1] === undefined && m[2] !== undefined) return "msrp.uri-no-port";
	return m[3] === undefined ? "msrp.uri-no-transport" : null;
}

/** Takes a path header apart; neither the result nor its strings keep `line` alive. */
export function takePathApart(line: string, value: string): Path {
	const uris = splitPath(Buffer.from(value, "latin1").toString("utf8"));
	const findings: PathFinding[] = [];
	for (const uri of uris) {
		const id = fault(uri);
		if (id !== null && !findings.some((finding) => finding.id === id)) findings.push({ id, uri });
	}
	if (uris.length === 0) findings.push({ id: "msrp.bad-uri", uri: "" });
	return { line: Buffer.from(line, "latin1").toString("latin1"), uris, findings };
}

/** The lines of one path header, with a memory: the frames of a session repeat theirs. One per header and decoder. */
export class PathMemory {
	/** those that were asked for before the last one, and that one; most connections have only one */
	#known: Map<string, Path> | undefined;
	#last: Path = NO_PATH;

	/** The path whose well-formed line is text[from, to), if it is the one that was asked for last. */
	lastAt(text: string, from: number, to: number): Path | undefined {
		const last = this.#last;
		return last.line.length === to - from && text.startsWith(last.line, from) ? last : undefined;
	}

	/** The path of text[from, to), whose value is `value`. */
	learn(text: string, from: number, to: number, value: string): Path {
		const line = text.slice(from, to);
		let path = this.#known?.get(line);
		if (path === undefined) {
			path = takePathApart(line, value);
			if (this.#last !== NO_PATH) {
				if (this.#known === undefined || this.#known.size >= MEMO) this.#known = new Map([[this.#last.line, this.#last]]);
				this.#known.set(path.line, path);
			}
		}
		this.#last = path;
		return path;
	}
}

export interface Paths {
	readonly to: PathMemory;
	readonly from: PathMemory;
}

const NO_PATH: Path = { line: "", uris: [], findings: [] };
