import { driverSuite } from "../tests/_lib/driver_suite.ts";
import { memoryDriver, type MemoryStore } from "./memory.ts";

driverSuite("memory", () => {
  const store: MemoryStore = new Map();
  return { driver: memoryDriver(store), other: memoryDriver(store) };
});
