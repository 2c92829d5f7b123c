/** A text field with suggestions: what is known here may be chosen, anything may be typed. */
import { useId } from "react";
import { INPUT } from "./Field.tsx";

export function Suggest({
  label,
  value,
  onChange,
  known,
  hint,
  error,
  className,
  hidden = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  known: readonly string[];
  hint?: string;
  error?: string;
  className?: string;
  hidden?: boolean;
}) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={hidden ? "sr-only" : "mb-1 block text-sm font-medium"}>
        {label}
      </label>
      <input
        id={id}
        list={`${id}-known`}
        value={value}
        autoComplete="off"
        aria-invalid={Boolean(error)}
        aria-describedby={hint || error ? `${id}-told` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className={INPUT}
      />
      <datalist id={`${id}-known`}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      {(hint || error) && (
        <span id={`${id}-told`} className={error ? "mt-1 block text-xs text-bad" : "mt-1 block text-xs text-mute"}>
          {error || hint}
        </span>
      )}
    </div>
  );
}
