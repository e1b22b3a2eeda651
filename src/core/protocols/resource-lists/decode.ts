import type { Payload } from "../../model/entry.js";
import { attribute, type XmlElement } from "../xml/index.js";

export type ResourceListPayload = Extract<Payload, { kind: "resource-list" }>;

/**
 * The entries of an application/resource-lists+xml document (RFC 4826 §3), those of nested lists in document order,
 * with the copyControl attribute of RFC 5364 §4; or what it lacks, in words. References (entry-ref, external) are not followed.
 */
export function decodeResourceLists(root: XmlElement): ResourceListPayload | string {
	if (root.local !== "resource-lists") return `root element is ${root.local}`;
	const entries: ResourceListPayload["entries"] = [];
	collect(root, entries);
	return { kind: "resource-list", entries };
}

/** The depth is bounded by the XML reader. */
function collect(element: XmlElement, entries: ResourceListPayload["entries"]): void {
	for (const candidate of element.children) {
		if (candidate.local === "list") collect(candidate, entries);
		if (candidate.local !== "entry") continue;
		const uri = attribute(candidate, "uri");
		if (uri === undefined) continue;
		const copyControl = attribute(candidate, "copyControl");
		entries.push(copyControl === undefined ? { uri } : { uri, copyControl });
	}
}
