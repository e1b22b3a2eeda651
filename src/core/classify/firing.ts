import type { CpimHeader } from "../protocols/cpim/types.js";
import type { Evidence, Firing } from "./types.js";

/** A header line of the CPIM content, with its octets. */
export function line(what: string, header: CpimHeader): Evidence {
	return { what, value: header.raw, start: header.start, end: header.end };
}

/** One rule of section 5 that applied, its clause ("" for a decision of this project) and what it rests on. */
export function fire(rule: string, clause: string, ...evidence: Evidence[]): Firing {
	return { rule, clause, evidence };
}
