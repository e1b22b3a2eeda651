import { IMDN_NAMESPACE } from "../../protocols/cpim/index.js";
import type { CpimMessage } from "../../protocols/cpim/types.js";
import { oneLine } from "./headers.js";

/** Kinds of notification and what they may say (RFC 5438 §11.1.1). */
export const IMDN_STATUSES = {
	delivery: ["delivered", "failed", "forbidden", "error"],
	display: ["displayed", "forbidden", "error"],
	processing: ["processed", "stored", "forbidden", "error"],
} as const;

export type ImdnKind = keyof typeof IMDN_STATUSES;

/** The kind that has this status; of those that several have, delivery. */
export function kindOfStatus(status: string): ImdnKind {
	return (Object.keys(IMDN_STATUSES) as ImdnKind[]).find((kind) => (IMDN_STATUSES[kind] as readonly string[]).includes(status))!;
}

/**
 * The message/cpim with the notification about a message (RFC 5438 §7.1, §11): From and To turned around, a Message-ID of its own, no
 * request for further notifications. Undefined where the message has no IMDN Message-ID, From or To.
 *
 * @param from the whole From value of the one who notifies; default: the message's To
 */
export function imdnFor(
	cpim: CpimMessage,
	{ kind, status, from, id, time }: { kind: ImdnKind; status: string; from?: string | undefined; id: string; time: string },
): Buffer | undefined {
	const { messageId } = cpim.imdn;
	const [sender] = cpim.from;
	const [recipient] = cpim.to;
	if (messageId === undefined || sender === undefined || recipient === undefined) return undefined;
	const answering = oneLine(from ?? recipient.header.raw.trim());
	const uri = /<([^>]*)>/.exec(answering)?.[1] ?? answering;
	const xml = [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
		`<message-id>${escaped(messageId)}</message-id>`,
		`<datetime>${cpim.dateTime === undefined ? time : escaped(cpim.dateTime)}</datetime>`,
		`<recipient-uri>${escaped(uri)}</recipient-uri>`,
		...(cpim.imdn.originalTo === undefined
			? []
			: [`<original-recipient-uri>${escaped(bare(cpim.imdn.originalTo))}</original-recipient-uri>`]),
		`<${kind}-notification><status><${status}/></status></${kind}-notification>`,
		"</imdn>",
		"",
	].join("\r\n");
	const head = [
		`From: ${answering}`,
		`To: ${oneLine(sender.header.raw.trim())}`,
		`NS: imdn <${IMDN_NAMESPACE}>`,
		`imdn.Message-ID: ${id}`,
		`DateTime: ${time}`,
		"",
		"Content-Type: message/imdn+xml",
		"Content-Disposition: notification",
		`Content-Length: ${Buffer.byteLength(xml)}`,
		"",
		"",
	].join("\r\n");
	return Buffer.from(head + xml, "utf8");
}

function bare(value: string): string {
	return /<([^>]*)>/.exec(value)?.[1] ?? value;
}

/** As character data of XML; what XML cannot hold at all is left out. */
function escaped(text: string): string {
	return text
		.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "")
		.replace(/&/g, "&amp;")
		.replace(/</g, "&lt;")
		.replace(/>/g, "&gt;");
}
