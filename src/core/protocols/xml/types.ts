export interface XmlAttribute {
	/** without prefix */
	local: string;
	/** namespace URI, "" for none */
	namespace: string;
	value: string;
}

/** One element; comments and processing instructions are left out. */
export interface XmlElement {
	/** name without prefix */
	local: string;
	/** namespace URI, "" for none */
	namespace: string;
	attributes: XmlAttribute[];
	children: XmlElement[];
	/** character data directly inside this element, put together, not trimmed */
	text: string;
}

/** `root` may be present together with `error`: then the fault did not keep the tree from being read. */
export interface XmlDocument {
	root: XmlElement | undefined;
	/** the first thing that is wrong, in words; undefined when all is well */
	error: string | undefined;
}
