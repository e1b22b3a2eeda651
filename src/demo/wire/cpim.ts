import type { HeaderRow } from "./sip.js";
import { rows } from "./text.js";

export interface CpimParts {
	/** URI, without brackets */
	from: string;
	to: readonly string[];
	fromName?: string | undefined;
	dateTime: string;
	/** asks for disposition notifications (RFC 5438 §6) */
	imdn?: { messageId: string; ask: readonly string[] } | undefined;
	headers?: readonly HeaderRow[];
	contentType: string;
	/** Content-Disposition of the wrapped part */
	disposition?: string | undefined;
	content: Buffer;
}

/** message/cpim (RFC 3862 §2). */
export function cpim(parts: CpimParts): Buffer {
	const imdn = parts.imdn;
	const head = rows([
		["From", address(parts.from, parts.fromName)],
		...parts.to.map((uri): HeaderRow => ["To", address(uri, undefined)]),
		["DateTime", parts.dateTime],
		...(imdn === undefined
			? []
			: ([
					["NS", "imdn <urn:ietf:params:imdn>"],
					["imdn.Message-ID", imdn.messageId],
					["imdn.Disposition-Notification", imdn.ask.length === 0 ? undefined : imdn.ask.join(", ")],
				] as const)),
		...(parts.headers ?? []),
	]);
	const mime = rows([
		["Content-Type", parts.contentType],
		["Content-Disposition", parts.disposition],
	]);
	return Buffer.concat([Buffer.from(`${head}\r\n${mime}\r\n`, "utf8"), parts.content]);
}

function address(uri: string, name: string | undefined): string {
	return name === undefined || name === "" ? `<${uri}>` : `"${name.replace(/["\\]/g, "\\$&")}" <${uri}>`;
}
