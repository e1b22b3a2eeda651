import { parentPort } from "node:worker_threads";
import { parseYaml } from "../../core/rules/load/yaml.js";

/** Takes texts, gives what YAML makes of them, in order. */
parentPort?.on("message", ({ id, text }: { id: number; text: string }) => {
	parentPort?.postMessage({ id, yaml: parseYaml(text) });
});
