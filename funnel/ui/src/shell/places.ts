/** The rooms of the app, for the bar and for the search. */
import type { LinkProps } from "@tanstack/react-router";
import {
  Filter,
  House,
  Inbox,
  ListChecks,
  type LucideIcon,
  Settings,
  ShieldQuestionMark,
  SlidersHorizontal,
  SquareKanban,
  Users,
  Workflow,
} from "lucide-react";
import type { Session } from "../api/client.ts";
import type { Key } from "../words/words.ts";

export interface Place {
  name: Key;
  Icon: LucideIcon;
  to: LinkProps["to"];
  /** whether this installation has it; all have what does not say */
  exists?: (session: Session) => boolean;
}

export const PLACES: readonly Place[] = [
  { name: "nav.home", to: "/", Icon: House },
  { name: "nav.leads", to: "/leads", Icon: Users },
  { name: "nav.board", to: "/board", Icon: SquareKanban },
  { name: "nav.tasks", to: "/tasks", Icon: ListChecks },
  { name: "nav.segments", to: "/segments", Icon: Filter },
  { name: "nav.sequences", to: "/sequences", Icon: Workflow },
  { name: "nav.rules", to: "/rules", Icon: SlidersHorizontal },
  { name: "nav.mailbox", to: "/mailbox", Icon: Inbox, exists: (session) => session.rooms.mailbox },
  { name: "nav.held", to: "/held", Icon: ShieldQuestionMark },
  { name: "nav.settings", to: "/settings", Icon: Settings },
];

export function places(session: Session | undefined): readonly Place[] {
  return PLACES.filter((place) => !place.exists || (session && place.exists(session)));
}
