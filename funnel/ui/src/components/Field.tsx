/** What people fill in: `TextField` (one line or many), `SearchField`, `Select`, `Checkbox`. Label, hint, error. */
import { Search, X } from "lucide-react";
import { type ReactNode, useId } from "react";
import {
  Button as Pressed,
  Checkbox as AriaCheckbox,
  type CheckboxProps,
  FieldError,
  Input,
  Label,
  SearchField as AriaSearch,
  type SearchFieldProps,
  Text,
  TextArea,
  TextField as AriaText,
  type TextFieldProps,
} from "react-aria-components";
import { cx } from "./cx.ts";

export const INPUT =
  "min-h-9 w-full rounded-md border border-edge bg-card px-2.5 py-1.5 text-sm text-ink placeholder:text-mute disabled:opacity-50 data-[invalid]:border-bad";
const LABEL = "mb-1 block text-sm font-medium";
const HINT = "mt-1 block text-xs text-mute";
const ERROR = "mt-1 block text-xs text-bad";

interface Told {
  label: string;
  hint?: ReactNode;
  /** what is wrong with it; empty: nothing */
  error?: string;
  className?: string;
}

export function TextField({
  label,
  hint,
  error,
  className,
  hidden = false,
  lines = 1,
  placeholder,
  ...rest
}: Omit<TextFieldProps, "className" | "children"> & Told & { lines?: number; placeholder?: string; hidden?: boolean }) {
  return (
    // What the service found wrong must not keep the next try from being sent, as the browser's own way would.
    <AriaText validationBehavior="aria" {...rest} isInvalid={Boolean(error)} className={className}>
      <Label className={hidden ? "sr-only" : LABEL}>{label}</Label>
      {lines > 1 ? (
        <TextArea rows={lines} placeholder={placeholder} className={INPUT} />
      ) : (
        <Input placeholder={placeholder} className={INPUT} />
      )}
      {hint && (
        <Text slot="description" className={HINT}>
          {hint}
        </Text>
      )}
      <FieldError className={ERROR}>{error}</FieldError>
    </AriaText>
  );
}

/** The label is there for those who hear it; the magnifier says it to those who see. */
export function SearchField({
  label,
  clear,
  placeholder,
  className,
  ...rest
}: Omit<SearchFieldProps, "className" | "children"> & {
  label: string;
  clear: string;
  placeholder?: string;
  className?: string;
}) {
  return (
    <AriaSearch {...rest} aria-label={label} className={cx("group relative", className)}>
      <Search size={16} aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 text-mute" />
      <Input
        placeholder={placeholder ?? label}
        className={cx(INPUT, "px-8 [&::-webkit-search-cancel-button]:hidden")}
      />
      <Pressed
        aria-label={clear}
        className="absolute top-1.5 right-1.5 grid size-6 place-items-center rounded group-data-[empty]:hidden"
      >
        <X size={14} aria-hidden />
      </Pressed>
    </AriaSearch>
  );
}

export interface Choice {
  value: string;
  label: string;
}

/** The browser's own list: it knows phones, keyboards and dark screens. */
export function Select({
  label,
  hint,
  error,
  className,
  choices,
  value,
  onChange,
  hidden = false,
  disabled,
}: Told & {
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
  hidden?: boolean;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className={hidden ? "sr-only" : LABEL}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-invalid={Boolean(error)}
        aria-describedby={hint || error ? `${id}-told` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className={INPUT}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      {(hint || error) && (
        <span id={`${id}-told`} className={error ? ERROR : HINT}>
          {error || hint}
        </span>
      )}
    </div>
  );
}

export function Checkbox({
  children,
  ...rest
}: Omit<CheckboxProps, "className" | "children"> & { children?: ReactNode }) {
  return (
    <AriaCheckbox {...rest} className="group flex min-h-6 items-center gap-2 text-sm">
      <span
        aria-hidden
        className="grid size-4 place-items-center rounded border border-edge bg-card text-xs leading-none text-white group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-brand group-data-[selected]:border-brand-fill group-data-[selected]:bg-brand-fill"
      >
        <span className="hidden group-data-[selected]:block">✓</span>
      </span>
      {children}
    </AriaCheckbox>
  );
}
