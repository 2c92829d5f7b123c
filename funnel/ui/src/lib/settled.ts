/** What is typed, once the typing pauses. */
import { useEffect, useState } from "react";

/** milliseconds without typing before the service is asked */
const PAUSE = 400;

/** The value once it has stayed the same for a moment. */
export function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
