import type { Problem } from "../../model/problem.js";
import type { CpimAddress } from "../../protocols/cpim/types.js";
import { owned } from "../../session/text.js";
import type { Finding, MessageContext } from "./types.js";

/** Characters of an excerpt: longer ones say no more. */
const EXCERPT = 160;

/** Text from the wire, short and in memory of its own. */
export function excerpt(text: string): string {
	return owned(text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text);
}

/** From, To and cc as they stand there. */
export function addressLines(addresses: readonly CpimAddress[]): string {
	return excerpt(addresses.map(({ header }) => `${header.name}: ${header.raw}`).join(" | "));
}

/** The line of a CPIM content that a problem points at. */
export function cpimLine(bytes: Buffer | undefined, { offset }: Problem): string {
	if (bytes === undefined) return "";
	const start = Math.max(bytes.lastIndexOf(10, Math.max(offset - 1, 0)) + 1, offset - EXCERPT);
	const end = bytes.indexOf(10, offset);
	return excerpt(bytes.toString("utf8", start, Math.min(end < 0 ? bytes.length : end, start + 2 * EXCERPT)).trimEnd());
}

/** A finding about a message. */
export function about(
	context: MessageContext,
	result: Finding["result"],
	text: string,
	more: Pick<Finding, "excerpt" | "blame"> & { entries?: readonly number[] } = {},
): Finding {
	const { entries = [], ...rest } = more;
	return { result, session: context.session, entries: [context.entry.number, ...entries], text, ...rest };
}

/** lower-case type/subtype; undefined for an empty value */
export function baseType(value: string | undefined): string | undefined {
	if (value === undefined) return undefined;
	const semicolon = value.indexOf(";");
	const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
	return type === "" ? undefined : type;
}
