"""Cards for sharing (分享卡片): any public thing as a page with title, summary and picture, behind an opaque link."""
