// The page’s words in English: what people show of themselves, and what one calls them.

export default {
  "card.alike": "{name} goes by a name that looks like somebody else’s here. So that nobody is taken for another, you see the user name.",
  "card.common": "Groups in common", "card.common.more": "Show all {n}",
  "card.edit": "Edit profile", "card.item": "Profile",
  "card.own_name": "Goes by", "card.title": "Profile",
  "nickname.go": "Save", "nickname.hint": "You alone see it, in place of their name. Empty: none.",
  "nickname.item": "Nickname …", "nickname.label": "Nickname", "nickname.title": "Nickname for {name}",
  "profile.offer": "Others see you as {name}. Shall they see your own name and a picture?", "profile.later": "Not now", "profile.add": "Add them",
  "profile.alike": "Somebody here goes by a name like yours, or has it as a user name. Others may see your user name in its place.",
  "profile.another": "Choose another", "profile.choose": "Choose a picture", "profile.drop": "Remove the picture",
  "profile.done": "Saved. Others see it with your next message to them.",
  "profile.go": "Save",
  "profile.line": "A line about you", "profile.line.hint": "For example: library, room 12. At most 140 characters.",
  "profile.move": "Drag the picture, or use the arrows",
  "profile.name": "Display name", "profile.name.hint": "Shown in place of your user name, {name}, which stays in your profile. At most 48 characters.",
  "profile.no_picture": "This can’t be shown as a picture. Choose a JPEG, PNG, WebP or GIF.",
  "profile.picture": "Picture", "profile.title": "Your profile",
  "profile.who": "Seen by those you write to, alone or in groups. The server can’t see it.",
  "profile.zoom": "Zoom",
};
