import type { Payload } from "../../model/entry.js";
import { child, childText, type XmlElement } from "../xml/index.js";

export type ImdnPayload = Extract<Payload, { kind: "imdn" }>;

const NOTIFICATIONS = ["delivery", "display", "processing"] as const;

/**
 * The notification in a message/imdn+xml document (RFC 5438 §11.1), or what it lacks, in words.
 * The status is the name of the element in <status>, also one that RFC 5438 does not define.
 */
export function decodeImdn(root: XmlElement): ImdnPayload | string {
	if (root.local !== "imdn") return `root element is ${root.local}`;
	const messageId = childText(root, "message-id");
	if (messageId === undefined || messageId === "") return "no message-id";
	for (const notification of NOTIFICATIONS) {
		const element = child(root, `${notification}-notification`);
		if (element === undefined) continue;
		const status = child(element, "status")?.children[0]?.local;
		if (status === undefined) return `${notification}-notification without status`;
		const payload: ImdnPayload = { kind: "imdn", messageId, notification, status };
		const dateTime = childText(root, "datetime");
		if (dateTime !== undefined) payload.dateTime = dateTime;
		const recipient = childText(root, "recipient-uri");
		if (recipient !== undefined) payload.recipient = recipient;
		const originalRecipient = childText(root, "original-recipient-uri");
		if (originalRecipient !== undefined) payload.originalRecipient = originalRecipient;
		return payload;
	}
	return "no notification element";
}
