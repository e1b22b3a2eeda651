import type { ConferenceUser } from "../../core/model/entry.js";
import { escapeXml } from "./text.js";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\r\n';

export const CONFERENCE_INFO = "application/conference-info+xml";
export const IMDN = "message/imdn+xml";
export const IS_COMPOSING = "application/im-iscomposing+xml";
export const RESOURCE_LISTS = "application/resource-lists+xml";

export interface InfoParts {
	entity: string;
	state: "full" | "partial";
	version: number;
	subject: string;
	users: readonly Pick<ConferenceUser, "entity" | "state" | "displayText" | "yourOwn">[];
	userCount: number;
	/** partial: what did not change is left out */
	withDescription: boolean;
}

/** RFC 4575 §5. The OMA attribute `yourown` stands without a namespace, as the one public implementation reads it. */
export function conferenceInfo(parts: InfoParts): Buffer {
	const users = parts.users.map((user) => {
		const attributes = `entity="${escapeXml(user.entity)}"${user.state === "full" ? "" : ` state="${user.state}"`}${user.yourOwn ? ' yourown="true"' : ""}`;
		if (user.state === "deleted") return `  <user ${attributes}/>\r\n`;
		const text = user.displayText === undefined ? "" : `<display-text>${escapeXml(user.displayText)}</display-text>`;
		return `  <user ${attributes}>${text}<endpoint entity="${escapeXml(user.entity)}"><status>connected</status></endpoint></user>\r\n`;
	});
	const description = parts.withDescription
		? ` <conference-description><subject>${escapeXml(parts.subject)}</subject><conf-uris><entry><uri>${escapeXml(parts.entity)}</uri></entry></conf-uris></conference-description>\r\n`
		: "";
	const partial = parts.state === "partial" ? ' state="partial"' : "";
	return Buffer.from(
		`${HEAD}<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${escapeXml(parts.entity)}" state="${parts.state}" version="${parts.version}">\r\n${description} <conference-state><user-count>${parts.userCount}</user-count></conference-state>\r\n <users${partial}>\r\n${users.join("")} </users>\r\n</conference-info>\r\n`,
	);
}

/** RFC 5438 §7.2.1.1, §7.2.1.3. */
export function imdn(parts: { messageId: string; dateTime: string; recipient: string; kind: "delivery" | "display" }): Buffer {
	const status = parts.kind === "delivery" ? "delivered" : "displayed";
	return Buffer.from(
		`${HEAD}<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${escapeXml(parts.messageId)}</message-id><datetime>${parts.dateTime}</datetime><recipient-uri>${escapeXml(parts.recipient)}</recipient-uri><original-recipient-uri>${escapeXml(parts.recipient)}</original-recipient-uri><${parts.kind}-notification><status><${status}/></status></${parts.kind}-notification></imdn>\r\n`,
	);
}

/** RFC 3994 §3. */
export function isComposing(state: "active" | "idle"): Buffer {
	const refresh = state === "active" ? "<refresh>60</refresh>" : "";
	return Buffer.from(
		`${HEAD}<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>${state}</state><contenttype>text/plain</contenttype>${refresh}</isComposing>\r\n`,
	);
}

/** RFC 4826 §3.2 as RFC 5366 §4 uses it. */
export function resourceLists(uris: readonly string[]): Buffer {
	const entries = uris.map((uri) => `<entry uri="${escapeXml(uri)}"/>`).join("");
	return Buffer.from(`${HEAD}<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>${entries}</list></resource-lists>\r\n`);
}
