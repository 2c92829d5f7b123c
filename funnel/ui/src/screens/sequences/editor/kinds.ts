/** How each kind of step looks; the word always stands beside it. */
import { Clock, GitBranch, LogOut, type LucideIcon, Mail, Tag, Tags, TrendingUp } from "lucide-react";
import type { Kind } from "../../../lib/sequence/document.ts";

export const LOOKS: Record<Kind, { Icon: LucideIcon; tint: string }> = {
  email: { Icon: Mail, tint: "bg-brand-tint text-brand" },
  wait: { Icon: Clock, tint: "bg-raised text-mute" },
  branch: { Icon: GitBranch, tint: "bg-violet-tint text-violet" },
  stage: { Icon: TrendingUp, tint: "bg-good-tint text-good" },
  tag: { Icon: Tag, tint: "bg-warn-tint text-warn" },
  untag: { Icon: Tags, tint: "bg-warn-tint text-warn" },
  leave: { Icon: LogOut, tint: "bg-bad-tint text-bad" },
};
