import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { ParsedYaml } from "../../core/rules/load/tree.js";
import { parseYaml } from "../../core/rules/load/yaml.js";

/** Files whose parsed form is kept, by content. */
const MOST = 64;
/** Characters from which a file is worth a worker: starting one costs some 40 ms, which no connection waits for. */
const LARGE = 16 << 10;
/** the worker is made of built code; source that is run as it is has none */
const WORKER = new URL("./yaml-worker.js", import.meta.url);
const BUILT = import.meta.url.endsWith(".js");

/** Takes YAML texts apart, each content once; large ones in a worker, so that the main loop goes on. */
export class YamlParser {
	readonly #known = new Map<string, ParsedYaml>();
	#worker: Worker | undefined;
	readonly #waiting = new Map<number, { done(yaml: ParsedYaml): void; failed(error: Error): void }>();
	#asked = 0;

	/** Never rejects because of the text: what is wrong with it is in the answer. */
	async parse(text: string): Promise<ParsedYaml> {
		const key = createHash("sha256").update(text).digest("base64");
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const yaml = text.length < LARGE || !BUILT ? parseYaml(text) : await this.#ask(text).catch(() => parseYaml(text));
		this.#known.set(key, yaml);
		if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
		return yaml;
	}

	/** Nothing more is coming soon: the worker ends, its memory with it. */
	idle(): void {
		void this.#worker?.terminate();
		this.#worker = undefined;
	}

	#ask(text: string): Promise<ParsedYaml> {
		const worker = this.#start();
		return new Promise((done, failed) => {
			const id = ++this.#asked;
			this.#waiting.set(id, { done, failed });
			worker.ref();
			worker.postMessage({ id, text });
		});
	}

	#start(): Worker {
		if (this.#worker !== undefined) return this.#worker;
		const worker = new Worker(WORKER, { stdout: false, stderr: false });
		worker.on("message", ({ id, yaml }: { id: number; yaml: ParsedYaml }) => {
			this.#waiting.get(id)?.done(yaml);
			this.#waiting.delete(id);
			// Nothing to do does not keep the process alive.
			if (this.#waiting.size === 0) worker.unref();
		});
		worker.on("error", (error) => this.#lose(worker, error));
		worker.on("exit", () => this.#lose(worker, new Error("the worker ended")));
		this.#worker = worker;
		return worker;
	}

	#lose(worker: Worker, error: Error): void {
		if (this.#worker === worker) this.#worker = undefined;
		for (const { failed } of this.#waiting.values()) failed(error);
		this.#waiting.clear();
	}
}
