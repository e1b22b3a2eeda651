import type { ConferenceInfo, ConferenceUser } from "../../model/entry.js";
import { attribute, child, children, childText, unsigned, type XmlElement } from "../xml/index.js";

/** An application/conference-info+xml document (RFC 4575 §5), full or partial as it came, or what it lacks, in words. */
export function decodeConferenceInfo(root: XmlElement): ConferenceInfo | string {
	if (root.local !== "conference-info") return `root element is ${root.local}`;
	const entity = attribute(root, "entity");
	if (entity === undefined) return "no entity";
	const description = child(root, "conference-description");
	const info: ConferenceInfo = {
		entity,
		state: stateOf(root),
		version: unsigned(attribute(root, "version")),
		uris: entryUris(child(description, "conf-uris")),
		users: children(child(root, "users"), "user").map(decodeUser),
	};
	const subject = childText(description, "subject");
	if (subject !== undefined) info.subject = subject;
	const userCount = unsigned(childText(child(root, "conference-state"), "user-count"));
	if (userCount !== undefined) info.userCount = userCount;
	return info;
}

function decodeUser(element: XmlElement): ConferenceUser {
	const user: ConferenceUser = {
		entity: attribute(element, "entity") ?? "",
		state: stateOf(element),
		associatedAors: entryUris(child(element, "associated-aors")),
		roles: children(child(element, "roles"), "entry").map((entry) => entry.text.trim()),
		yourOwn: element.attributes.some(({ local, value }) => local === "yourown" && (value === "true" || value === "1")),
		endpoints: children(element, "endpoint").map(decodeEndpoint),
	};
	const displayText = childText(element, "display-text");
	if (displayText !== undefined) user.displayText = displayText;
	return user;
}

function decodeEndpoint(element: XmlElement): { entity: string; status?: string } {
	const endpoint: { entity: string; status?: string } = { entity: attribute(element, "entity") ?? "" };
	const status = childText(element, "status");
	if (status !== undefined) endpoint.status = status;
	return endpoint;
}

/** RFC 4575 §5.1: "full" when the attribute is absent. */
function stateOf(element: XmlElement): ConferenceInfo["state"] {
	const state = attribute(element, "state");
	return state === "partial" || state === "deleted" ? state : "full";
}

function entryUris(list: XmlElement | undefined): string[] {
	const uris: string[] = [];
	for (const entry of children(list, "entry")) {
		const uri = childText(entry, "uri");
		if (uri !== undefined && uri !== "") uris.push(uri);
	}
	return uris;
}
