// Made by `npm run types` from the OpenAPI document; not to be edited.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActedOut
         * @description A case after an act.
         */
        ActedOut: {
            /** Number */
            number: string;
            /** Stage */
            stage: string;
            /** Stage Label */
            stage_label: string;
            /** Version */
            version: number;
        };
        /**
         * AddIn
         * @description More words or photos.
         */
        AddIn: {
            /**
             * 照片、视频
             * @description 最多 9 个
             * @default []
             */
            files?: string[];
            /** 说明 */
            note: string;
        };
        /**
         * AmendIn
         * @description Correct the case. `detach`: it is not about its component after all.
         */
        AmendIn: {
            /**
             * 地点
             * @description 路名、小区、门牌，或旁边有什么
             * @default
             */
            address?: string;
            /**
             * 社区或网格
             * @default null
             */
            area?: string | null;
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /**
             * 部件
             * @default null
             */
            component?: string | null;
            /**
             * 部件怎么了
             * @default null
             */
            component_state?: components["schemas"]["SaidStateIn"] | null;
            /**
             * 不再关联部件
             * @default false
             */
            detach?: boolean;
            /**
             * 类型
             * @default null
             */
            kind?: components["schemas"]["KindIn"] | null;
            /**
             * 说明
             * @default
             */
            note?: string;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
            /**
             * 等级
             * @default null
             */
            severity?: components["schemas"]["SeverityIn"] | null;
            /**
             * 立案标准
             * @default null
             */
            standard?: string | null;
            /**
             * 标题
             * @default
             */
            title?: string;
        };
        /**
         * AppealIn
         * @description A figure, or one thing behind it, is counted wrong.
         */
        AppealIn: {
            /** 哪一项 */
            figure: string;
            /** 月份 */
            month: string;
            /**
             * 哪一件
             * @default null
             */
            thing?: number | null;
            /** 哪里算得不对 */
            words: string;
        };
        /**
         * AskerOut
         * @description Who asks for a field: what for, on which ground, until when, how many minutes it said one takes.
         */
        AskerOut: {
            /** Basis */
            basis: string;
            /** Minutes */
            minutes: number;
            /** Title */
            title: string;
            /** Unit */
            unit: string;
            /**
             * Until
             * Format: date
             */
            until: string;
            /** Why */
            why: string;
        };
        /**
         * AssignIn
         * @description One of the unit's people, or a crew.
         */
        AssignIn: {
            /**
             * 队伍
             * @default
             */
            crew?: string;
            /**
             * 同事
             * @default null
             */
            handler?: number | null;
        };
        /**
         * AssignmentOut
         * @description The case as one unit or post must handle it.
         */
        AssignmentOut: {
            /** Accepted At */
            accepted_at: string | null;
            /** Crew */
            crew: string;
            /** Ended At */
            ended_at: string | null;
            /**
             * Offered At
             * Format: date-time
             */
            offered_at: string;
            /** Part */
            part: string;
            /** Post */
            post: number | null;
            /** Reason */
            reason: string;
            /** Result */
            result: string;
            /** State */
            state: string;
            /** Task */
            task: string;
            unit: components["schemas"]["NamedOut"] | null;
        };
        /**
         * AssistsIn
         * @description More units to assist.
         */
        AssistsIn: {
            /** 协办 */
            assists: components["schemas"]["TargetFields"][];
            /**
             * 说明
             * @default
             */
            note?: string;
        };
        /**
         * Bare
         * @description Nothing more to say.
         */
        Bare: Record<string, never>;
        /**
         * CallBackIn
         * @description What the reporter said on the telephone.
         */
        CallBackIn: {
            /**
             * 说明
             * @default
             */
            note?: string;
            /** 是否满意 */
            satisfaction: components["schemas"]["SatisfactionIn"];
            /** 是否解决 */
            solved: components["schemas"]["SolvedIn"];
        };
        /**
         * CallOut
         * @description Somebody who agreed to be called each day, and was not yet today.
         */
        CallOut: {
            /** Address */
            address: string;
            /**
             * Day
             * Format: date
             */
            day: string;
            /** Key */
            key: string;
            /** Name */
            name: string;
            /** Phone */
            phone: string;
            /**
             * Until
             * Format: date-time
             */
            until: string;
        };
        /**
         * CaseActIn
         * @description An act on a case, of `act`'s own input; photos of evidence come with their labels.
         */
        CaseActIn: {
            /** 做什么 */
            act: string;
            /**
             * 内容
             * @default {}
             */
            data?: {
                [key: string]: unknown;
            };
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /** Number */
            number: string;
            /**
             * 看过的新版本
             * @description 看过冲突里的改动，仍要这样做
             * @default null
             */
            overrides?: number | null;
            /** 看到的版本 */
            seen: number;
        };
        /**
         * CaseActRecordIn
         * @description 案件操作 (case.act).
         */
        CaseActRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["CaseActIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "case.act";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * CaseComponentOut
         * @description The component a case stands on: the number on its label, its name and how it is.
         */
        CaseComponentOut: {
            /** Name */
            name: string;
            /** Number */
            number: string;
            /** State */
            state: string;
        };
        /**
         * CaseOut
         * @description A case with everything around it.
         */
        CaseOut: {
            /** Address */
            address: string;
            /** Answer */
            answer: string;
            /** Approvals Open */
            approvals_open: number;
            area: components["schemas"]["NamedOut"] | null;
            /** Assignments */
            assignments: components["schemas"]["AssignmentOut"][];
            category: components["schemas"]["NamedOut"] | null;
            /** Channel */
            channel: string;
            /** Claimed At */
            claimed_at: string | null;
            /** Clocks */
            clocks: components["schemas"]["ClockOut"][];
            component: components["schemas"]["CaseComponentOut"] | null;
            /** Due At */
            due_at: string | null;
            /** Ended At */
            ended_at: string | null;
            /** Field Tasks */
            field_tasks: components["schemas"]["FieldTaskOut"][];
            /** Files */
            files: components["schemas"]["FileOut"][];
            /** Holder Level */
            holder_level: string;
            /** Is Anonymous */
            is_anonymous: boolean;
            /** Is Confidential */
            is_confidential: boolean;
            /** Is Overdue */
            is_overdue: boolean;
            /** Is Paused */
            is_paused: boolean;
            /** Kind */
            kind: string;
            lead_unit: components["schemas"]["NamedOut"] | null;
            /** Merged Into */
            merged_into: string | null;
            /** Missing Evidence */
            missing_evidence: string[];
            /** Needs Follow Up */
            needs_follow_up: boolean;
            /** Number */
            number: string;
            /** Outcome */
            outcome: string;
            /** Parent */
            parent: string | null;
            point: components["schemas"]["PointOut"] | null;
            /** Proposal */
            proposal: {
                [key: string]: unknown;
            } | null;
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Returns */
            returns: number;
            /** Reworks */
            reworks: number;
            /** Satisfaction */
            satisfaction: string;
            /** Severity */
            severity: string;
            /** Solved */
            solved: string;
            /** Stage */
            stage: string;
            /** Stage Label */
            stage_label: string;
            /** Standard */
            standard: string | null;
            /** Stars */
            stars: number | null;
            /** Steps */
            steps: components["schemas"]["StepOut"][];
            /** Supervisions Open */
            supervisions_open: number;
            /** Text */
            text: string;
            /** Title */
            title: string;
            /** Urges */
            urges: number;
            /** Version */
            version: number;
            /** Waits For */
            waits_for: string;
            /** Whistles */
            whistles: components["schemas"]["WhistleOut"][];
        };
        /**
         * CaseReportRecordIn
         * @description 上报 (case.report).
         */
        CaseReportRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["FieldReportIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "case.report";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * CasesPackOut
         * @description What waits for this person, what falls due first on top; their own reports; and what is open around them.
         */
        CasesPackOut: {
            /** Items */
            items: components["schemas"]["PackCaseOut"][];
            /** Mine */
            mine: components["schemas"]["PackOwnCaseOut"][];
            /** Nearby */
            nearby: components["schemas"]["PackNearbyCaseOut"][];
        };
        /**
         * CaseSpotRecordIn
         * @description 当场解决 (case.spot).
         */
        CaseSpotRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["SpotIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "case.spot";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * CasesSectionOut
         * @description The section cases, and the tag of what it holds.
         */
        CasesSectionOut: {
            data: components["schemas"]["CasesPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * CategoriesPackOut
         * @description All categories at the ends of the catalogue, in its order.
         */
        CategoriesPackOut: {
            /** Items */
            items: components["schemas"]["PackCategoryOut"][];
        };
        /**
         * CategoriesSectionOut
         * @description The section categories, and the tag of what it holds.
         */
        CategoriesSectionOut: {
            data: components["schemas"]["CategoriesPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * CheckIn
         * @description A request to look whether it is so.
         */
        CheckIn: {
            /**
             * 请谁去
             * @default null
             */
            post?: number | null;
            /**
             * 请核实什么
             * @default
             */
            request?: string;
        };
        /**
         * CheckInIn
         * @description A check-in. `sticker` is the scanned or typed text; the point may be left out when it stands there.
         */
        CheckInIn: {
            /**
             * 定位误差（米）
             * @default null
             */
            accuracy?: number | null;
            /**
             * 检查项
             * @default {}
             */
            answers?: {
                [key: string]: string;
            };
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 怎么打的
             * @description qr、gps、nfc、hand
             */
            how: string;
            /**
             * 备注
             * @default
             */
            note?: string;
            /**
             * 位置
             * @default null
             */
            place?: components["schemas"]["PointIn"] | null;
            /**
             * 巡查点
             * @default null
             */
            point?: string | null;
            /**
             * 手工打卡的原因
             * @default
             */
            reason?: string;
            /**
             * 哪一轮
             * Format: uuid
             */
            round: string;
            /**
             * 贴纸上的码
             * @default
             */
            sticker?: string;
            /**
             * 标签
             * @description 标签号的 SHA-256
             * @default
             */
            tag?: string;
        };
        /**
         * ClockOut
         * @description A limit that runs or stands.
         */
        ClockOut: {
            /** Due At */
            due_at: string | null;
            /** Is Overdue */
            is_overdue: boolean;
            /** Is Paused */
            is_paused: boolean;
            /** Limit */
            limit: string;
            /** Name */
            name: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Subject */
            subject: string;
            /** Warn At */
            warn_at: string | null;
        };
        /**
         * CloseIn
         * @description Closed; how the component is, where the case is about one.
         */
        CloseIn: {
            /**
             * 部件状态
             * @description 现在怎么样
             * @default null
             */
            component_state?: components["schemas"]["SeenStateIn"] | null;
            /**
             * 说明
             * @default
             */
            note?: string;
        };
        /**
         * CollectIn
         * @description One form. `seconds`: how long it was open, for the load of who asks; nobody is measured by it.
         */
        CollectIn: {
            /**
             * 什么时候打开的
             * @default null
             */
            began_at?: string | null;
            /**
             * 还是这样的
             * @default []
             */
            confirmed?: string[];
            /** 哪一条 */
            key: string;
            /**
             * 用了多少秒
             * @default 0
             */
            seconds?: number;
            /** 哪一类 */
            subject: components["schemas"]["SubjectIn"];
            /**
             * 新内容
             * @default {}
             */
            values?: {
                [key: string]: string | null;
            };
        };
        /**
         * CollectItemOut
         * @description A record to look at, with why.
         */
        CollectItemOut: {
            form: components["schemas"]["FormOut"];
            /** Why */
            why: string;
        };
        /**
         * CollectMinutesOut
         * @description What a unit's requests took of one's own time in the last thirty days, and how many records they got.
         */
        CollectMinutesOut: {
            /** Minutes */
            minutes: number;
            /** Records */
            records: number;
            /** Unit */
            unit: string;
        };
        /**
         * CollectPackOut
         * @description A screenful for today; `waiting` is how much more there is.
         */
        CollectPackOut: {
            /** Minutes */
            minutes: components["schemas"]["CollectMinutesOut"][];
            /** Stops */
            stops: components["schemas"]["CollectStopOut"][];
            /** Waiting */
            waiting: number;
        };
        /**
         * CollectSaveRecordIn
         * @description 核实信息 (collect.save).
         */
        CollectSaveRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["CollectIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "collect.save";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * CollectSectionOut
         * @description The section collect, and the tag of what it holds.
         */
        CollectSectionOut: {
            data: components["schemas"]["CollectPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * CollectStopOut
         * @description A building with the records in it that want a look.
         */
        CollectStopOut: {
            /** Building */
            building: string;
            /** Items */
            items: components["schemas"]["CollectItemOut"][];
        };
        /**
         * ComponentCheckIn
         * @description How a component was found. `was`: the state the device knew; `overrides`: the version that was looked at since.
         *
         *     The place only where it stands elsewhere than the books say.
         */
        ComponentCheckIn: {
            /**
             * 哪个部件
             * Format: uuid
             */
            component: string;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 备注
             * @default
             */
            note?: string;
            /**
             * 看过的版本
             * @default null
             */
            overrides?: number | null;
            /**
             * 实际位置
             * @default null
             */
            place?: components["schemas"]["PointIn"] | null;
            /** 现在的状态 */
            state: components["schemas"]["SeenStateIn"];
            /**
             * 原来的状态
             * @default null
             */
            was?: components["schemas"]["SeenStateIn"] | null;
        };
        /**
         * ComponentCheckRecordIn
         * @description 核对部件 (component.check).
         */
        ComponentCheckRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["ComponentCheckIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "component.check";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * ComponentRegisterIn
         * @description A component that is not on the books: its class, where it stands, how it is; its number if it bears one.
         */
        ComponentRegisterIn: {
            /**
             * 地址
             * @default
             */
            address?: string;
            /** 部件类别 */
            category: string;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 名称
             * @default
             */
            name?: string;
            /**
             * 备注
             * @default
             */
            note?: string;
            /**
             * 标识码
             * @default
             */
            number?: string;
            /** 位置 */
            place: components["schemas"]["PointIn"];
            /**
             * 状态
             * @default intact
             */
            state?: components["schemas"]["SeenStateIn"];
            /**
             * 普查日期
             * @default null
             */
            surveyed_on?: string | null;
        };
        /**
         * ComponentRegisterRecordIn
         * @description 普查登记部件 (component.register).
         */
        ComponentRegisterRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["ComponentRegisterIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "component.register";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * ComponentsPackOut
         * @description The components of one's own ground, and the classes in use. `is_whole`: none was left out.
         */
        ComponentsPackOut: {
            /** Classes */
            classes: components["schemas"]["PackComponentClassOut"][];
            /** Is Whole */
            is_whole: boolean;
            /** Items */
            items: components["schemas"]["PackComponentOut"][];
            /** May Check */
            may_check: boolean;
            /** May Register */
            may_register: boolean;
        };
        /**
         * ComponentsSectionOut
         * @description The section components, and the tag of what it holds.
         */
        ComponentsSectionOut: {
            data: components["schemas"]["ComponentsPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * ConsultIn
         * @description Minutes and plan, and who does what.
         */
        ConsultIn: {
            /**
             * 协办
             * @default []
             */
            assists?: components["schemas"]["TargetFields"][];
            /**
             * 主办
             * @default null
             */
            lead?: components["schemas"]["TargetFields"] | null;
            /** 会商纪要 */
            note: string;
            /**
             * 办理方案
             * @default
             */
            plan?: string;
        };
        /**
         * DiaryOut
         * @description A visit of one's own, to read again and to mend.
         */
        DiaryOut: {
            /** Address */
            address: string;
            /** Company */
            company: string[];
            /** Dwelling */
            dwelling: string;
            /** Establishment */
            establishment: string;
            /** Follow Up On */
            follow_up_on: string | null;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Led To */
            led_to: string[];
            /** May Edit */
            may_edit: boolean;
            /** Mood */
            mood: string;
            /** Name */
            name: string;
            /** Outcome */
            outcome: string;
            /** Person */
            person: string;
            /** Topics */
            topics: string[];
            /** Version */
            version: number;
            /**
             * Visited At
             * Format: date-time
             */
            visited_at: string;
            /** Went */
            went: string;
            /** Words */
            words: string;
        };
        /**
         * DispatchIn
         * @description Whose it is: one lead, any number of assists.
         */
        DispatchIn: {
            /**
             * 协办
             * @default []
             */
            assists?: components["schemas"]["TargetFields"][];
            /** 主办 */
            lead: components["schemas"]["TargetFields"];
            /**
             * 说明
             * @default
             */
            note?: string;
        };
        /**
         * EnteredOut
         * @description A fresh sign-in. The session is in the cookie; unsafe requests by it carry `csrf_token` in X-CSRFToken.
         */
        EnteredOut: {
            /** Csrf Token */
            csrf_token: string;
            /** Kind */
            kind: string;
            /** Must Change Password */
            must_change_password: boolean;
            /** Name */
            name: string;
        };
        /**
         * EvaluateIn
         * @description What the reporter thinks of the outcome.
         */
        EvaluateIn: {
            /**
             * 说明
             * @default
             */
            note?: string;
            /**
             * 是否满意
             * @default null
             */
            satisfaction?: components["schemas"]["SatisfactionIn"] | null;
            /**
             * 是否解决
             * @default null
             */
            solved?: components["schemas"]["SolvedIn"] | null;
            /** 打几分 */
            stars: number;
            /**
             * 印象
             * @default []
             */
            tags?: string[];
        };
        /**
         * ExtendIn
         * @description More time.
         */
        ExtendIn: {
            /** 延长 */
            more: components["schemas"]["LimitIn"];
            /** 说明 */
            note: string;
        };
        /**
         * FieldOut
         * @description A field: its value (masked), how well it is known, and whether it is asked.
         */
        FieldOut: {
            /** Answer */
            answer: string;
            /** Askers */
            askers: components["schemas"]["AskerOut"][];
            /** Choices */
            choices: [
                string,
                string
            ][];
            /** Confirmed At */
            confirmed_at: string | null;
            /** Confirmed By */
            confirmed_by: string;
            /** Is Asked */
            is_asked: boolean;
            /** Label */
            label: string;
            /** Name */
            name: string;
            /** Owner */
            owner: string;
            /** Purpose */
            purpose: string;
            /** State */
            state: string;
            /** Value */
            value: string;
        };
        /**
         * FieldReportIn
         * @description What a grid worker reports (上报); `made_at` of the record is when it was found.
         */
        FieldReportIn: {
            /**
             * 定位误差（米）
             * @default null
             */
            accuracy_metres?: number | null;
            /**
             * 地点
             * @description 路名、小区、门牌，或旁边有什么
             * @default
             */
            address?: string;
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /**
             * 部件
             * @default null
             */
            component?: string | null;
            /**
             * 部件怎么了
             * @default null
             */
            component_state?: components["schemas"]["SaidStateIn"] | null;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 同意办理单位联系
             * @default false
             */
            has_consent?: boolean;
            /**
             * 类型
             * @default null
             */
            kind?: components["schemas"]["KindIn"] | null;
            /**
             * 谁说的
             * @default
             */
            name?: string;
            /**
             * 电话
             * @description 只用来回复，办理单位看不到
             * @default
             */
            phone?: string;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
            /**
             * 等级
             * @default null
             */
            severity?: components["schemas"]["SeverityIn"] | null;
            /** 发生了什么 */
            text: string;
            /**
             * 标题
             * @default
             */
            title?: string;
        };
        /**
         * FieldTaskOut
         * @description Look at the place, before filing or after handling.
         */
        FieldTaskOut: {
            /**
             * Asked At
             * Format: date-time
             */
            asked_at: string;
            /** Cancelled At */
            cancelled_at: string | null;
            /** Done At */
            done_at: string | null;
            /** Kind */
            kind: string;
            /** Mode */
            mode: string;
            /** Note */
            note: string;
            /** Passed */
            passed: boolean | null;
            /** Request */
            request: string;
        };
        /**
         * FileIn
         * @description File the case.
         */
        FileIn: {
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /**
             * 类型
             * @default null
             */
            kind?: components["schemas"]["KindIn"] | null;
            /**
             * 说明
             * @default
             */
            note?: string;
            /**
             * 等级
             * @default null
             */
            severity?: components["schemas"]["SeverityIn"] | null;
            /**
             * 立案标准
             * @default null
             */
            standard?: string | null;
        };
        /**
         * FileOut
         * @description A photo, video or recording; `links` lead to its bytes.
         */
        FileOut: {
            /** Has Thumb */
            has_thumb: boolean;
            /** Height */
            height: number | null;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Label */
            label: string;
            /** Mime */
            mime: string;
            /** Received */
            received: number;
            /** Refusal */
            refusal: string;
            /** Seconds */
            seconds: number | null;
            /** Size */
            size: number;
            /** Status */
            status: string;
            /** Width */
            width: number | null;
        };
        /**
         * FilesOut
         * @description The files of a case in their order.
         */
        FilesOut: {
            /** Items */
            items: components["schemas"]["FileOut"][];
        };
        /**
         * FinishIn
         * @description A round ended, and why some points were not reached, by their keys.
         */
        FinishIn: {
            /**
             * 备注
             * @default
             */
            note?: string;
            /**
             * 没去的点
             * @default {}
             */
            reasons?: {
                [key: string]: components["schemas"]["ReasonIn"];
            };
            /**
             * 哪一轮
             * Format: uuid
             */
            round: string;
        };
        /**
         * FixIn
         * @description Where the phone was, and when by its own clock.
         */
        FixIn: {
            /**
             * Accuracy
             * @default 0
             */
            accuracy?: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Lat */
            lat: number;
            /** Lon */
            lon: number;
        };
        /**
         * ForceCloseIn
         * @description Ended by force; how the component is then must be said.
         */
        ForceCloseIn: {
            /**
             * 部件状态
             * @description 现在怎么样
             * @default null
             */
            component_state?: components["schemas"]["SeenStateIn"] | null;
            /** 说明 */
            note: string;
            /** 原因 */
            reason: string;
        };
        /**
         * FormOut
         * @description A record with its fields, those that are asked first.
         */
        FormOut: {
            /** Fields */
            fields: components["schemas"]["FieldOut"][];
            /** Key */
            key: string;
            /** Label */
            label: string;
            /** Subject */
            subject: string;
        };
        /**
         * ForwardIn
         * @description Who is to decide a request.
         */
        ForwardIn: {
            /**
             * 说明
             * @default
             */
            note?: string;
            /** 转给谁审 */
            post: number;
        };
        /**
         * HandleIn
         * @description What was done.
         */
        HandleIn: {
            /**
             * 上报人可见
             * @default true
             */
            is_public?: boolean;
            /** 说明 */
            note: string;
        };
        /**
         * HandOverIn
         * @description Which level takes it.
         */
        HandOverIn: {
            /** 交给哪一级 */
            level: components["schemas"]["HolderLevelIn"];
            /** 说明 */
            note: string;
        };
        /**
         * HazardFollowIn
         * @description A hazard looked at again; `settles`: it is gone and may leave the ledger.
         */
        HazardFollowIn: {
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 现在怎么样
             * @description still、better、gone
             */
            found: string;
            /**
             * 哪一条隐患
             * Format: uuid
             */
            hazard: string;
            /**
             * 说明
             * @default
             */
            note?: string;
            /**
             * 销号
             * @default false
             */
            settles?: boolean;
        };
        /**
         * HazardFollowRecordIn
         * @description 复查隐患 (hazard.follow).
         */
        HazardFollowRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["HazardFollowIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "hazard.follow";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * HazardNoteIn
         * @description A hazard found: a thing or a place, never a person.
         */
        HazardNoteIn: {
            /**
             * 地点
             * @default
             */
            address?: string;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 等级
             * @default general
             */
            grade?: string;
            /** 类别 */
            kind: string;
            /**
             * 位置
             * @default null
             */
            place?: components["schemas"]["PointIn"] | null;
            /**
             * 巡查点
             * @default null
             */
            point?: string | null;
            /**
             * 哪一轮
             * @default null
             */
            round?: string | null;
            /** 有什么危险 */
            what: string;
        };
        /**
         * HazardNoteRecordIn
         * @description 登记隐患 (hazard.note).
         */
        HazardNoteRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["HazardNoteIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "hazard.note";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * HolderLevelIn
         * @description A level that can hold a case.
         * @enum {string}
         */
        HolderLevelIn: "community" | "street" | "city";
        /**
         * HowIn
         * @description How they looked.
         * @enum {string}
         */
        HowIn: "call" | "visit";
        /**
         * InboxMessageOut
         * @description One personal message; `link` leads to a page of the console or of the app.
         */
        InboxMessageOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Body */
            body: string;
            /** Id */
            id: number;
            /** Is Read */
            is_read: boolean;
            /** Is Urgent */
            is_urgent: boolean;
            /** Kind */
            kind: string;
            /** Link */
            link: string;
            /** Title */
            title: string;
        };
        /**
         * InboxOut
         * @description Messages, the latest first; `next` goes into `before`.
         */
        InboxOut: {
            /** Items */
            items: components["schemas"]["MessageOut"][];
            /** Next */
            next: number | null;
            /** Unread */
            unread: number;
        };
        /**
         * KindIn
         * @description What sort of matter it is.
         * @enum {string}
         */
        KindIn: "problem" | "hazard" | "dispute" | "demand" | "enquiry" | "suggestion";
        /**
         * LabelIn
         * @description What a photo shows.
         */
        LabelIn: {
            /** 照片、视频 */
            files: string[];
            /**
             * 说明标签
             * @default null
             */
            label?: string | null;
        };
        /**
         * LimitIn
         * @description A length of time, such as 2 work_day.
         */
        LimitIn: {
            /** 单位 */
            unit: components["schemas"]["LimitUnit"];
            /** 多少 */
            value: number;
        };
        /**
         * LimitUnit
         * @description What more time is counted in.
         * @enum {string}
         */
        LimitUnit: "urgent_hour" | "natural_day" | "work_hour" | "work_day";
        /**
         * MatterIn
         * @description Something that came up on a visit and is to become a case.
         */
        MatterIn: {
            /**
             * 地点
             * @default
             */
            address?: string;
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /** 发生了什么 */
            text: string;
        };
        /**
         * MeOut
         * @description Who one is, and what one may do.
         */
        MeOut: {
            /** Csrf Token */
            csrf_token: string;
            /** Elevated */
            elevated: string[];
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Posts */
            posts: components["schemas"]["PostOut"][];
            /** Scopes */
            scopes: string[] | null;
            /** Unread */
            unread: number;
        };
        /**
         * MePackOut
         * @description Oneself at work.
         */
        MePackOut: {
            /** Areas */
            areas: components["schemas"]["PackAreaOut"][];
            /** Name */
            name: string;
            /** Place */
            place: string;
            /** Posts */
            posts: components["schemas"]["PackPostOut"][];
            settings: components["schemas"]["PackSettingsOut"];
        };
        /**
         * MergeIn
         * @description The open case it becomes part of.
         */
        MergeIn: {
            /**
             * 并入哪一件
             * @description 案件编号
             */
            into: string;
        };
        /**
         * MeSectionOut
         * @description The section me, and the tag of what it holds.
         */
        MeSectionOut: {
            data: components["schemas"]["MePackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * MessageOut
         * @description A message in the inbox.
         */
        MessageOut: {
            /** Body */
            body: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: number;
            /** Kind */
            kind: string;
            /** Link */
            link: string;
            /** Read At */
            read_at: string | null;
            /** Title */
            title: string;
            /** Urgent */
            urgent: boolean;
        };
        /**
         * MessageReadIn
         * @description Personal messages were opened.
         */
        MessageReadIn: {
            /** 消息 */
            ids: number[];
        };
        /**
         * MessageReadRecordIn
         * @description 看消息 (message.read).
         */
        MessageReadRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["MessageReadIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "message.read";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * MonthAppealOut
         * @description One of my appeals and what was answered.
         */
        MonthAppealOut: {
            /** Answer */
            answer: string;
            /**
             * Asked At
             * Format: date-time
             */
            asked_at: string;
            /**
             * Due At
             * Format: date-time
             */
            due_at: string;
            /** Figure */
            figure: string;
            /** Key */
            key: string;
            /** Month */
            month: string;
            /** Ruling */
            ruling: string;
            /** Thing */
            thing: number | null;
            /** Words */
            words: string;
        };
        /**
         * MonthAppealRecordIn
         * @description 月报申诉 (month.appeal).
         */
        MonthAppealRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["AppealIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "month.appeal";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * MonthDefinitionOut
         * @description What a figure is and how it is counted.
         */
        MonthDefinitionOut: {
            /** Code */
            code: string;
            /** Definition */
            definition: string;
            /** Label */
            label: string;
            /** Unit */
            unit: string;
        };
        /**
         * MonthFigureOut
         * @description A figure of a month: how many of how many.
         */
        MonthFigureOut: {
            /** Code */
            code: string;
            /** Number */
            number: number;
            /** Things */
            things: components["schemas"]["MonthThingOut"][];
            /** Total */
            total: number | null;
            /** Was Number */
            was_number: number | null;
        };
        /**
         * MonthPackedOut
         * @description One of my months.
         */
        MonthPackedOut: {
            /** Figures */
            figures: components["schemas"]["MonthFigureOut"][];
            /** Is Closed */
            is_closed: boolean;
            /** Month */
            month: string;
        };
        /**
         * MonthPackOut
         * @description My months (我的月报).
         */
        MonthPackOut: {
            /** Appeals */
            appeals: components["schemas"]["MonthAppealOut"][];
            /** Definitions */
            definitions: components["schemas"]["MonthDefinitionOut"][];
            /** Months */
            months: components["schemas"]["MonthPackedOut"][];
        };
        /**
         * MonthSectionOut
         * @description The section month, and the tag of what it holds.
         */
        MonthSectionOut: {
            data: components["schemas"]["MonthPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * MonthThingOut
         * @description One thing behind a figure; `counts` tells whether it counts or is only among them.
         */
        MonthThingOut: {
            /** Counts */
            counts: boolean;
            /** Id */
            id: number;
            /** Line */
            line: string;
            /** Number */
            number: string;
            /** Title */
            title: string;
        };
        /**
         * NamedOut
         * @description A thing with its code and name.
         */
        NamedOut: {
            /** Code */
            code: string;
            /** Name */
            name: string;
        };
        /**
         * NeedIn
         * @description A need that was seen, proposed to the clerk.
         */
        NeedIn: {
            /** 看到什么 */
            evidence: string;
            /** 需要什么照应 */
            need: string;
        };
        /**
         * Noted
         * @description Words that the act needs.
         */
        Noted: {
            /** 说明 */
            note: string;
        };
        /**
         * NoticeAnswerOut
         * @description A question and what was answered; mine, or part of the notice.
         */
        NoticeAnswerOut: {
            /** Answer */
            answer: string;
            /**
             * Asked At
             * Format: date-time
             */
            asked_at: string;
            /** Is Mine */
            is_mine: boolean;
            /** Question */
            question: string;
        };
        /**
         * NoticeAskIn
         * @description A question about a notice.
         */
        NoticeAskIn: {
            /**
             * 通知
             * Format: uuid
             */
            notice: string;
            /** 想问什么 */
            words: string;
        };
        /**
         * NoticeAskRecordIn
         * @description 提问 (notice.ask).
         */
        NoticeAskRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["NoticeAskIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "notice.ask";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * NoticePackedOut
         * @description One notice that was meant for me.
         */
        NoticePackedOut: {
            /** Amended At */
            amended_at: string | null;
            /** Answers */
            answers: components["schemas"]["NoticeAnswerOut"][];
            /** Confirm By */
            confirm_by: string | null;
            /** Is Confirmed */
            is_confirmed: boolean;
            /** Is Explained */
            is_explained: boolean;
            /** Is Pinned */
            is_pinned: boolean;
            /** Is Unread */
            is_unread: boolean;
            /** Is Urgent */
            is_urgent: boolean;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Kind Label */
            kind_label: string;
            /** Paragraphs */
            paragraphs: components["schemas"]["NoticePieceOut"][][];
            /** Photos */
            photos: components["schemas"]["NoticePhotoOut"][];
            /** Points */
            points: string[];
            /**
             * Published At
             * Format: date-time
             */
            published_at: string;
            /** Signed */
            signed: string;
            /** Title */
            title: string;
            /** To Public */
            to_public: boolean;
            /** Version */
            version: number;
        };
        /**
         * NoticePhotoOut
         * @description A picture of a notice, fetched when there is a signal.
         */
        NoticePhotoOut: {
            /** Thumb */
            thumb: string;
            /** Url */
            url: string;
        };
        /**
         * NoticePieceOut
         * @description Some words of a paragraph; with `url` they lead there.
         */
        NoticePieceOut: {
            /**
             * Url
             * @default
             */
            url?: string;
            /** Words */
            words: string;
        };
        /**
         * NoticeReadIn
         * @description A notice was read as its words were in this version; perhaps confirmed, perhaps told to residents.
         */
        NoticeReadIn: {
            /**
             * 已确认
             * @default false
             */
            confirmed?: boolean;
            /**
             * 已向居民说明
             * @default false
             */
            explained?: boolean;
            /**
             * 通知
             * Format: uuid
             */
            notice: string;
            /** 看的是第几版 */
            version: number;
        };
        /**
         * NoticeReadRecordIn
         * @description 看通知 (notice.read).
         */
        NoticeReadRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["NoticeReadIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "notice.read";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * NoticesPackOut
         * @description The inbox (消息).
         */
        NoticesPackOut: {
            /** Messages */
            messages: components["schemas"]["InboxMessageOut"][];
            /** Notices */
            notices: components["schemas"]["NoticePackedOut"][];
        };
        /**
         * NoticesSectionOut
         * @description The section notices, and the tag of what it holds.
         */
        NoticesSectionOut: {
            data: components["schemas"]["NoticesPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * OutcomeOut
         * @description What became of one record. `refused` needs a person; `waiting` is sent again as it is.
         */
        OutcomeOut: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Fields */
            fields: {
                [key: string]: string;
            } | null;
            /** Id */
            id: string;
            /**
             * State
             * @enum {string}
             */
            state: "done" | "refused" | "conflict" | "waiting";
            /** Subject */
            subject: string;
            /** Theirs */
            theirs: {
                [key: string]: unknown;
            } | null;
            /** Version */
            version: number | null;
        };
        /**
         * PackActOut
         * @description An act this person may take now, and what it demands.
         */
        PackActOut: {
            /** Label */
            label: string;
            /** Name */
            name: string;
            /** Needs Note */
            needs_note: boolean;
            /** Photos */
            photos: components["schemas"]["PackDemandOut"][];
            /** Reasons */
            reasons: {
                [key: string]: string;
            };
        };
        /**
         * PackAreaOut
         * @description An area one works in, with its border as a GeoJSON geometry.
         */
        PackAreaOut: {
            /** Boundary */
            boundary: {
                [key: string]: unknown;
            } | null;
            center: components["schemas"]["PackPointOut"] | null;
            /** Code */
            code: string;
            /** Full Name */
            full_name: string;
            /** Households */
            households: number | null;
            /** Name */
            name: string;
            /** Role */
            role: string;
        };
        /**
         * PackBuildingOut
         * @description A building with its dwellings in the order of entrance and number; `estate` is a code.
         */
        PackBuildingOut: {
            /** Address */
            address: string;
            /** Code */
            code: string;
            /** Dwellings */
            dwellings: components["schemas"]["PackDwellingOut"][];
            /** Estate */
            estate: string;
            /** Floors */
            floors: number | null;
            /** Footprint */
            footprint: {
                [key: string]: unknown;
            } | null;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            point: components["schemas"]["PackPointOut"] | null;
        };
        /**
         * PackCaseOut
         * @description A case to act on. `task` is what it waits for, `request` what somebody asked to look at.
         *
         *     `limit` is how much time the running clock gives in all; `closing` what must be so at its end, as its standard says.
         */
        PackCaseOut: {
            /** Accuracy Metres */
            accuracy_metres: number | null;
            /** Acts */
            acts: components["schemas"]["PackActOut"][];
            /** Address */
            address: string;
            /** Area */
            area: string;
            /** Category */
            category: string;
            /** Category Name */
            category_name: string;
            /** Closing */
            closing: string;
            component: components["schemas"]["PackThingOut"] | null;
            /** Due At */
            due_at: string | null;
            /** Handler */
            handler: string;
            /** Is Paused */
            is_paused: boolean;
            /** Kind */
            kind: string;
            /** Limit */
            limit: string;
            /** Number */
            number: string;
            /** Photos */
            photos: components["schemas"]["PackPhotoOut"][];
            point: components["schemas"]["PackPointOut"] | null;
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Reporter */
            reporter: string;
            /** Request */
            request: string;
            /** Result */
            result: string;
            /** Severity */
            severity: string;
            /** Stage */
            stage: string;
            /** Stage Label */
            stage_label: string;
            /**
             * Task
             * @enum {string}
             */
            task: "check" | "verify" | "accept" | "handle" | "resolve" | "desk";
            /** Text */
            text: string;
            /** Title */
            title: string;
            /** Trace */
            trace: components["schemas"]["PackTraceOut"][];
            /** Version */
            version: number;
            /** Warn At */
            warn_at: string | null;
        };
        /**
         * PackCategoryOut
         * @description A category to report by: words with how much each speaks for it (0 to 1), photos that its solution demands.
         */
        PackCategoryOut: {
            /** Code */
            code: string;
            /** Initials */
            initials: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Path */
            path: string[];
            /** Photos */
            photos: string[];
            /** Severity */
            severity: string;
            /** Words */
            words: [
                string,
                number
            ][];
        };
        /**
         * PackChecklistOut
         * @description What is asked at points that name this key.
         */
        PackChecklistOut: {
            /** Key */
            key: string;
            /** Questions */
            questions: components["schemas"]["PackQuestionOut"][];
        };
        /**
         * PackChoiceOut
         * @description A word to choose, and what it says.
         */
        PackChoiceOut: {
            /** Code */
            code: string;
            /** Label */
            label: string;
        };
        /**
         * PackComponentClassOut
         * @description A class to survey by; `report` is the category its reports are filed under, "" where nobody said.
         */
        PackComponentClassOut: {
            /** Code */
            code: string;
            /** Initials */
            initials: string;
            /** Major */
            major: string;
            /** Name */
            name: string;
            /** Report */
            report: string;
        };
        /**
         * PackComponentOut
         * @description A component. `category` is a class code, `keeper` a unit's short name, `cases` numbers of open cases on it.
         */
        PackComponentOut: {
            /** Address */
            address: string;
            /** Cases */
            cases: string[];
            /** Category */
            category: string;
            /** Checked On */
            checked_on: string | null;
            /** Keeper */
            keeper: string;
            /** Key */
            key: string;
            /** Name */
            name: string;
            /** Number */
            number: string;
            point: components["schemas"]["PackPointOut"];
            /**
             * Since
             * Format: date
             */
            since: string;
            /** State */
            state: string;
            /** Version */
            version: number;
        };
        /**
         * PackDemandOut
         * @description A photo or paper an act asks for, by its label.
         */
        PackDemandOut: {
            /** Is There */
            is_there: boolean;
            /** Label */
            label: string;
            /** Name */
            name: string;
        };
        /**
         * PackDwellingOut
         * @description A flat or room by its place in the building.
         */
        PackDwellingOut: {
            /** Code */
            code: string;
            /** Entrance */
            entrance: string;
            /** Floor */
            floor: number | null;
            /** Number */
            number: string;
            /** Use */
            use: string;
        };
        /**
         * PackEstablishmentOut
         * @description A shop, school or enterprise; `building` is a code.
         */
        PackEstablishmentOut: {
            /** Address */
            address: string;
            /** Building */
            building: string;
            /** Code */
            code: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            point: components["schemas"]["PackPointOut"] | null;
            /** Trade */
            trade: string;
        };
        /**
         * PackEstateOut
         * @description An estate, village group or market.
         */
        PackEstateOut: {
            /** Boundary */
            boundary: {
                [key: string]: unknown;
            } | null;
            /** Code */
            code: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            point: components["schemas"]["PackPointOut"] | null;
        };
        /**
         * PackHazardOut
         * @description A hazard that has not left the ledger. `times`: how often this kind was found at this point within a year.
         */
        PackHazardOut: {
            /** Address */
            address: string;
            /** Case Number */
            case_number: string;
            /**
             * Due Date
             * Format: date
             */
            due_date: string;
            /**
             * Found At
             * Format: date-time
             */
            found_at: string;
            /** Grade */
            grade: string;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Kind Label */
            kind_label: string;
            /** Looks */
            looks: components["schemas"]["PackLookOut"][];
            /** May Settle */
            may_settle: boolean;
            /** Number */
            number: string;
            /** Photos */
            photos: string[];
            place: components["schemas"]["PackPointOut"] | null;
            /** Point */
            point: string;
            /** Responsible */
            responsible: string;
            /** Settle Photo */
            settle_photo: boolean;
            /** State */
            state: string;
            /** State Label */
            state_label: string;
            /** Times */
            times: number;
            /** Version */
            version: number;
            /** What */
            what: string;
        };
        /**
         * PackLegOut
         * @description A point of a round, in walking order; its key is in `points`.
         */
        PackLegOut: {
            /** Excuse */
            excuse: string;
            /** Is Done */
            is_done: boolean;
            /** Is Missed */
            is_missed: boolean;
            /** Point */
            point: string;
        };
        /**
         * PackLookOut
         * @description Somebody looked at a hazard again.
         */
        PackLookOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Found */
            found: string;
            /** Note */
            note: string;
            /** Who */
            who: string;
        };
        /**
         * PackNearbyCaseOut
         * @description An open case of one's own ground: who finds the same matter learns that it was reported already.
         */
        PackNearbyCaseOut: {
            /** Category */
            category: string;
            /** Number */
            number: string;
            point: components["schemas"]["PackPointOut"];
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Stage Label */
            stage_label: string;
            /** Title */
            title: string;
            /** Version */
            version: number;
        };
        /**
         * PackOut
         * @description What a device works from without signal.
         */
        PackOut: {
            /**
             * Day
             * Format: date
             */
            day: string;
            /**
             * Now
             * Format: date-time
             */
            now: string;
            sections: components["schemas"]["PackSectionsOut"];
        };
        /**
         * PackOwnCaseOut
         * @description A case one reported oneself lately, and where it stands.
         */
        PackOwnCaseOut: {
            /** Category */
            category: string;
            /** Due At */
            due_at: string | null;
            /** Handler */
            handler: string;
            /** Is Open */
            is_open: boolean;
            /** Number */
            number: string;
            point: components["schemas"]["PackPointOut"] | null;
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Stage */
            stage: string;
            /** Stage Label */
            stage_label: string;
            /** Title */
            title: string;
        };
        /**
         * PackPatrolPointOut
         * @description A point. `print` is a hash of its key and the six signs of its sticker, `tag` that of its NFC tag's number.
         */
        PackPatrolPointOut: {
            /** Address */
            address: string;
            /** Checklist */
            checklist: string;
            /** Code */
            code: string;
            /** Hint */
            hint: string;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Kind Label */
            kind_label: string;
            /** Name */
            name: string;
            place: components["schemas"]["PackPointOut"];
            /** Print */
            print: string;
            /** Radius */
            radius: number;
            /** Tag */
            tag: string;
        };
        /**
         * PackPhotoOut
         * @description A photo or recording of a case; its bytes are under /api/v1/files/{key}.
         */
        PackPhotoOut: {
            /** Has Thumb */
            has_thumb: boolean;
            /** Key */
            key: string;
            /** Kind */
            kind: string;
            /** Label */
            label: string;
            /** Seconds */
            seconds: number | null;
        };
        /**
         * PackPointOut
         * @description WGS-84 degrees.
         */
        PackPointOut: {
            /** Lat */
            lat: number;
            /** Lon */
            lon: number;
        };
        /**
         * PackPostOut
         * @description A post one holds (岗位).
         */
        PackPostOut: {
            /** Area */
            area: string;
            /** Id */
            id: number;
            /** Label */
            label: string;
            /** Permissions */
            permissions: string[];
            /** Role */
            role: string;
            /** Unit */
            unit: string;
        };
        /**
         * PackQuestionOut
         * @description A line of a checklist; a problem may want a photo and is a hazard of this kind.
         */
        PackQuestionOut: {
            /** Code */
            code: string;
            /** Hazard */
            hazard: string;
            /** Photo */
            photo: boolean;
            /** Text */
            text: string;
        };
        /**
         * PackRoundOut
         * @description A round to walk; one of the coming days may not be made yet, its key is right all the same.
         */
        PackRoundOut: {
            /** Closes At */
            closes_at: string | null;
            /**
             * Day
             * Format: date
             */
            day: string;
            /** Key */
            key: string;
            /** Legs */
            legs: components["schemas"]["PackLegOut"][];
            /** Name */
            name: string;
            /**
             * Opens At
             * Format: date-time
             */
            opens_at: string;
            /** State */
            state: string;
        };
        /**
         * PackSectionsOut
         * @description Sections that differ from what the device has; null: not for this person any more.
         */
        PackSectionsOut: {
            cases?: components["schemas"]["CasesSectionOut"] | null;
            categories?: components["schemas"]["CategoriesSectionOut"] | null;
            collect?: components["schemas"]["CollectSectionOut"] | null;
            components?: components["schemas"]["ComponentsSectionOut"] | null;
            me?: components["schemas"]["MeSectionOut"] | null;
            month?: components["schemas"]["MonthSectionOut"] | null;
            notices?: components["schemas"]["NoticesSectionOut"] | null;
            patrols?: components["schemas"]["PatrolsSectionOut"] | null;
            places?: components["schemas"]["PlacesSectionOut"] | null;
            visits?: components["schemas"]["VisitsSectionOut"] | null;
        };
        /**
         * PackSettingsOut
         * @description What the place decided: days without contact until a phone wipes its pack, days a track is kept, whom to call.
         */
        PackSettingsOut: {
            /** Duty Phone */
            duty_phone: string;
            /** Pack Days */
            pack_days: number;
            /** Track Days */
            track_days: number;
        };
        /**
         * PackThingOut
         * @description The component a case stands on.
         */
        PackThingOut: {
            /** Key */
            key: string;
            /** Name */
            name: string;
            /** Number */
            number: string;
            /** State */
            state: string;
        };
        /**
         * PackTraceOut
         * @description What was done, by which post.
         */
        PackTraceOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Label */
            label: string;
            /** Note */
            note: string;
            /** Who */
            who: string;
        };
        /**
         * PartIn
         * @description One of the cases a case is split into.
         */
        PartIn: {
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /**
             * 类型
             * @default null
             */
            kind?: components["schemas"]["KindIn"] | null;
            /**
             * 等级
             * @default null
             */
            severity?: components["schemas"]["SeverityIn"] | null;
            /**
             * 立案标准
             * @default null
             */
            standard?: string | null;
            /**
             * 标题
             * @default
             */
            title?: string;
        };
        /**
         * PasswordIn
         * @description The old password and the new one.
         */
        PasswordIn: {
            /** 新密码 */
            new: string;
            /** 现在的密码 */
            old: string;
        };
        /**
         * PatrolCheckinRecordIn
         * @description 打卡 (patrol.checkin).
         */
        PatrolCheckinRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["CheckInIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "patrol.checkin";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * PatrolFinishRecordIn
         * @description 结束巡查 (patrol.finish).
         */
        PatrolFinishRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["FinishIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "patrol.finish";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * PatrolPackOut
         * @description All that patrolling takes without signal.
         */
        PatrolPackOut: {
            /** Accuracy Most */
            accuracy_most: number;
            /** Checklists */
            checklists: components["schemas"]["PackChecklistOut"][];
            /** Excuses */
            excuses: components["schemas"]["PackChoiceOut"][];
            /** Hazard Kinds */
            hazard_kinds: components["schemas"]["PackChoiceOut"][];
            /** Hazards */
            hazards: components["schemas"]["PackHazardOut"][];
            /** Points */
            points: components["schemas"]["PackPatrolPointOut"][];
            /** Rounds */
            rounds: components["schemas"]["PackRoundOut"][];
        };
        /**
         * PatrolsSectionOut
         * @description The section patrols, and the tag of what it holds.
         */
        PatrolsSectionOut: {
            data: components["schemas"]["PatrolPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * PatrolStartRecordIn
         * @description 开始巡查 (patrol.start).
         */
        PatrolStartRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["StartIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "patrol.start";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * PlaceIn
         * @description Where a case belongs: a point, or an area.
         */
        PlaceIn: {
            /**
             * 地点
             * @description 路名、小区、门牌，或旁边有什么
             * @default
             */
            address?: string;
            /**
             * 社区或网格
             * @default null
             */
            area?: string | null;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
        };
        /**
         * PlacesPackOut
         * @description What stands in one's own grids. No persons.
         */
        PlacesPackOut: {
            /** Buildings */
            buildings: components["schemas"]["PackBuildingOut"][];
            /** Establishments */
            establishments: components["schemas"]["PackEstablishmentOut"][];
            /** Estates */
            estates: components["schemas"]["PackEstateOut"][];
        };
        /**
         * PlacesSectionOut
         * @description The section places, and the tag of what it holds.
         */
        PlacesSectionOut: {
            data: components["schemas"]["PlacesPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * PointIn
         * @description A place on the map in WGS-84 degrees.
         */
        PointIn: {
            /** 纬度 */
            lat: number;
            /** 经度 */
            lon: number;
        };
        /**
         * PointOut
         * @description WGS-84 degrees.
         */
        PointOut: {
            /** Lat */
            lat: number;
            /** Lon */
            lon: number;
        };
        /**
         * PostOut
         * @description A post one holds.
         */
        PostOut: {
            /** Area */
            area: string;
            /** Id */
            id: number;
            /** Label */
            label: string;
            /** Permissions */
            permissions: string[];
            /** Role */
            role: string;
            /** Unit */
            unit: string;
        };
        /**
         * ProblemOut
         * @description RFC 9457: what went wrong, in words for the user.
         */
        ProblemOut: {
            /**
             * Changes
             * @default null
             */
            changes?: string[] | null;
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @default null
             */
            errors?: {
                [key: string]: string;
            } | null;
            /** Instance */
            instance: string;
            /** Request Id */
            request_id: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
            /**
             * Version
             * @default null
             */
            version?: number | null;
        };
        /**
         * ProgressIn
         * @description How far it is.
         */
        ProgressIn: {
            /**
             * 上报人可见
             * @default false
             */
            is_public?: boolean;
            /** 说明 */
            note: string;
        };
        /**
         * RateIn
         * @description One to five stars for each unit that was called.
         */
        RateIn: {
            /**
             * 说明
             * @default
             */
            note?: string;
            /** 评分 */
            stars: {
                [key: string]: number;
            };
        };
        /**
         * ReadIn
         * @description Which messages were read; none named means all.
         */
        ReadIn: {
            /**
             * 消息
             * @default null
             */
            ids?: number[] | null;
        };
        /**
         * ReadOut
         * @description How many became read.
         */
        ReadOut: {
            /** Read */
            read: number;
            /** Unread */
            unread: number;
        };
        /**
         * Reasoned
         * @description A reason from the list, and words if there are any.
         */
        Reasoned: {
            /**
             * 说明
             * @default
             */
            note?: string;
            /** 原因 */
            reason: string;
        };
        /**
         * ReasonedNoted
         * @description A reason from the list, and words.
         */
        ReasonedNoted: {
            /** 说明 */
            note: string;
            /** 原因 */
            reason: string;
        };
        /**
         * ReasonIn
         * @description Why a point was not reached.
         */
        ReasonIn: {
            /** 原因 */
            excuse: string;
            /**
             * 说明
             * @default
             */
            note?: string;
        };
        /**
         * RecordFileIn
         * @description A file sent through /files, by the key the device made; its label says what it shows.
         */
        RecordFileIn: {
            /**
             * 文件
             * Format: uuid
             */
            key: string;
            /**
             * 照片说明标签，如 before_near、after_far
             * @default
             */
            label?: string;
        };
        /**
         * Remarked
         * @description Words that may be left out.
         */
        Remarked: {
            /**
             * 说明
             * @default
             */
            note?: string;
        };
        /**
         * ReportCheckIn
         * @description What the field saw.
         */
        ReportCheckIn: {
            /**
             * 是公共安全隐患
             * @default false
             */
            is_hazard?: boolean;
            /** 说明 */
            note: string;
            /** 情况属实 */
            passed: boolean;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
        };
        /**
         * ResolveIn
         * @description Solved where it was found.
         */
        ResolveIn: {
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /** 说明 */
            note: string;
        };
        /**
         * ReviewIn
         * @description A stand-still until a day.
         */
        ReviewIn: {
            /** 说明 */
            note: string;
            /**
             * 何时再看
             * Format: date-time
             */
            review_at: string;
        };
        /**
         * ReworkIn
         * @description What is not done yet.
         */
        ReworkIn: {
            /** 说明 */
            note: string;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
        };
        /**
         * RuleIn
         * @description The supervisor's ruling.
         */
        RuleIn: {
            /**
             * 协办
             * @default []
             */
            assists?: components["schemas"]["TargetFields"][];
            /** 主办 */
            lead: components["schemas"]["TargetFields"];
            /** 说明 */
            note: string;
        };
        /**
         * SaidIn
         * @description What staff found when a sign was missed.
         * @enum {string}
         */
        SaidIn: "fine" | "helped" | "nobody";
        /**
         * SaidStateIn
         * @description How a report says a component is.
         * @enum {string}
         */
        SaidStateIn: "damaged" | "missing" | "occupied";
        /**
         * SatisfactionIn
         * @description How satisfied the reporter is.
         * @enum {string}
         */
        SatisfactionIn: "satisfied" | "basically" | "not";
        /**
         * SeenStateIn
         * @description How somebody found a component.
         * @enum {string}
         */
        SeenStateIn: "intact" | "damaged" | "missing" | "occupied" | "disused" | "removed";
        /**
         * SessionOut
         * @description A signed-in device.
         */
        SessionOut: {
            /** Address */
            address: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Device */
            device: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: number;
            /** Is This */
            is_this: boolean;
            /**
             * Seen At
             * Format: date-time
             */
            seen_at: string;
        };
        /**
         * SessionsOut
         * @description Where one is signed in, the latest first.
         */
        SessionsOut: {
            /** Items */
            items: components["schemas"]["SessionOut"][];
        };
        /**
         * SeverityIn
         * @description How pressing it is.
         * @enum {string}
         */
        SeverityIn: "normal" | "pressing" | "urgent";
        /**
         * SignAnswerIn
         * @description What came of a missed sign of life: all is well, helped, or nobody answers.
         */
        SignAnswerIn: {
            /**
             * 哪一天
             * Format: date
             */
            day: string;
            /** 怎么看的 */
            how: components["schemas"]["HowIn"];
            /** 看到了什么 */
            said: components["schemas"]["SaidIn"];
            /**
             * 谁的平安信号
             * Format: uuid
             */
            sign: string;
        };
        /**
         * SignAnswerRecordIn
         * @description 平安信号 (sign.answer).
         */
        SignAnswerRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["SignAnswerIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "sign.answer";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * SignInIn
         * @description Name and password.
         */
        SignInIn: {
            /** 密码 */
            password: string;
            /** 用户名 */
            username: string;
        };
        /**
         * SignOut
         * @description A missed sign that one is asked to look after now; plain, for as long as that lasts.
         */
        SignOut: {
            /** Address */
            address: string;
            /**
             * Asked At
             * Format: date-time
             */
            asked_at: string;
            /**
             * Day
             * Format: date
             */
            day: string;
            /** Key */
            key: string;
            /** Name */
            name: string;
            /** Neighbour */
            neighbour: string;
            /** Neighbour Phone */
            neighbour_phone: string;
            /** Neighbour Said */
            neighbour_said: string;
            /** Phone */
            phone: string;
            /** State */
            state: string;
            /**
             * Until
             * Format: date-time
             */
            until: string;
        };
        /**
         * SimilarListOut
         * @description Candidates, the likest first.
         */
        SimilarListOut: {
            /** Items */
            items: components["schemas"]["SimilarOut"][];
        };
        /**
         * SimilarOut
         * @description A case that may be the same matter; surely so on the same component.
         */
        SimilarOut: {
            /** Address */
            address: string;
            /** Likeness */
            likeness: number;
            /** Metres */
            metres: number | null;
            /** Number */
            number: string;
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Same Component */
            same_component: boolean;
            /** Stage */
            stage: string;
            /** Title */
            title: string;
        };
        /**
         * SolvedIn
         * @description Whether the matter is solved, in the reporter's eyes.
         * @enum {string}
         */
        SolvedIn: "solved" | "partly" | "not";
        /**
         * SplitIn
         * @description What a case is split into, one an owner.
         */
        SplitIn: {
            /** 分成 */
            parts: components["schemas"]["PartIn"][];
        };
        /**
         * SpotIn
         * @description What was found and put right on the spot (自行处置): photos of before and after with their labels.
         */
        SpotIn: {
            /**
             * 定位误差（米）
             * @default null
             */
            accuracy_metres?: number | null;
            /**
             * 地点
             * @description 路名、小区、门牌，或旁边有什么
             * @default
             */
            address?: string;
            /**
             * 分类
             * @default null
             */
            category?: string | null;
            /**
             * 部件
             * @default null
             */
            component?: string | null;
            /**
             * 部件怎么了
             * @default null
             */
            component_state?: components["schemas"]["SaidStateIn"] | null;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 同意办理单位联系
             * @default false
             */
            has_consent?: boolean;
            /**
             * 类型
             * @default null
             */
            kind?: components["schemas"]["KindIn"] | null;
            /**
             * 谁说的
             * @default
             */
            name?: string;
            /** 怎么解决的 */
            note: string;
            /**
             * 电话
             * @description 只用来回复，办理单位看不到
             * @default
             */
            phone?: string;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
            /**
             * 等级
             * @default null
             */
            severity?: components["schemas"]["SeverityIn"] | null;
            /** 发生了什么 */
            text: string;
            /**
             * 标题
             * @default
             */
            title?: string;
        };
        /**
         * StartIn
         * @description A round begun: a planned one by its key, else one of one's own accord, whose key is the record's id.
         */
        StartIn: {
            /**
             * 名称
             * @default
             */
            name?: string;
            /**
             * 位置
             * @default null
             */
            place?: components["schemas"]["PointIn"] | null;
            /**
             * 哪一轮
             * @default null
             */
            round?: string | null;
            /**
             * 巡逻队
             * @default null
             */
            team?: string | null;
        };
        /**
         * StepOut
         * @description An act that may be done now. Its input is described under the act's name in the OpenAPI document.
         */
        StepOut: {
            /** Label */
            label: string;
            /** Name */
            name: string;
            /** Needs Note */
            needs_note: boolean;
            /** Needs Reason */
            needs_reason: boolean;
            /** Reasons */
            reasons: {
                [key: string]: string;
            };
        };
        /**
         * StepsOut
         * @description What may be done now, by the one who asks.
         */
        StepsOut: {
            /** Items */
            items: components["schemas"]["StepOut"][];
            /** Number */
            number: string;
            /** Version */
            version: number;
        };
        /**
         * SubjectIn
         * @description What kind of record.
         * @enum {string}
         */
        SubjectIn: "person" | "dwelling" | "building" | "establishment";
        /**
         * SuperviseIn
         * @description A leader's word, and by when.
         */
        SuperviseIn: {
            /**
             * 限办时间
             * @default null
             */
            due_at?: string | null;
            /** 说明 */
            note: string;
        };
        /**
         * SyncedOut
         * @description Outcomes in the order sent, and the server's time.
         */
        SyncedOut: {
            /**
             * Now
             * Format: date-time
             */
            now: string;
            /** Outcomes */
            outcomes: components["schemas"]["OutcomeOut"][];
        };
        /**
         * SyncIn
         * @description What a device did, in its order, with what its clock says now.
         */
        SyncIn: {
            /**
             * 设备现在的时间
             * Format: date-time
             */
            device_now: string;
            /** 记录 */
            records: (components["schemas"]["CaseReportRecordIn"] | components["schemas"]["CaseSpotRecordIn"] | components["schemas"]["CaseActRecordIn"] | components["schemas"]["CollectSaveRecordIn"] | components["schemas"]["ComponentCheckRecordIn"] | components["schemas"]["ComponentRegisterRecordIn"] | components["schemas"]["NoticeReadRecordIn"] | components["schemas"]["NoticeAskRecordIn"] | components["schemas"]["MessageReadRecordIn"] | components["schemas"]["MonthAppealRecordIn"] | components["schemas"]["PatrolStartRecordIn"] | components["schemas"]["PatrolCheckinRecordIn"] | components["schemas"]["PatrolFinishRecordIn"] | components["schemas"]["HazardNoteRecordIn"] | components["schemas"]["HazardFollowRecordIn"] | components["schemas"]["TrackPointsRecordIn"] | components["schemas"]["VisitSaveRecordIn"] | components["schemas"]["SignAnswerRecordIn"])[];
        };
        /**
         * TargetFields
         * @description A unit by its code, or a post by its id, and what it is to do. A form sends `unit:CODE` or `post:ID`.
         */
        TargetFields: {
            /**
             * Post
             * @default null
             */
            post?: number | null;
            /**
             * 具体任务
             * @default
             */
            task?: string;
            /**
             * Unit
             * @default null
             */
            unit?: string | null;
        };
        /**
         * TraceListOut
         * @description The journal of a case, newest first.
         */
        TraceListOut: {
            /** Items */
            items: components["schemas"]["TraceOut"][];
        };
        /**
         * TraceOut
         * @description One entry of the journal.
         */
        TraceOut: {
            /** Action */
            action: string;
            /** Allowed Seconds */
            allowed_seconds: number | null;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Dwell Seconds */
            dwell_seconds: number | null;
            /** Is Held */
            is_held: boolean;
            /** Is Late */
            is_late: boolean;
            /** Label */
            label: string;
            /** Note */
            note: string;
            /** Public Note */
            public_note: string;
            /** Reason */
            reason: string;
            /** Source */
            source: string;
            /** Target */
            target: string;
            /** Version */
            version: number;
            /** Who */
            who: string;
        };
        /**
         * TrackPointsRecordIn
         * @description 轨迹 (track.points).
         */
        TrackPointsRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["WalkedIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "track.points";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * UploadIn
         * @description An upload that is announced; `key` may be made by the client, so that announcing again changes nothing.
         */
        UploadIn: {
            /**
             * Key
             * @default null
             */
            key?: string | null;
            /**
             * 类型
             * @enum {string}
             */
            kind: "photo" | "video" | "voice";
            /**
             * 照片说明标签，如 before_near、after_far
             * @default
             */
            label?: string;
            /** 字节数 */
            size: number;
        };
        /**
         * VerifyIn
         * @description It is done; how the component is, where the case is about one.
         */
        VerifyIn: {
            /**
             * 部件状态
             * @description 现在怎么样
             * @default null
             */
            component_state?: components["schemas"]["SeenStateIn"] | null;
            /**
             * 说明
             * @default
             */
            note?: string;
            /**
             * 位置
             * @default null
             */
            point?: components["schemas"]["PointIn"] | null;
        };
        /**
         * VisitChoicesOut
         * @description What the form offers, as code and words.
         */
        VisitChoicesOut: {
            /** Company */
            company: [
                string,
                string
            ][];
            /** Kinds */
            kinds: [
                string,
                string
            ][];
            /** Moods */
            moods: [
                string,
                string
            ][];
            /** Needs */
            needs: [
                string,
                string
            ][];
            /** Outcomes */
            outcomes: [
                string,
                string
            ][];
            /** Topics */
            topics: [
                string,
                string
            ][];
            /** Went */
            went: [
                string,
                string
            ][];
        };
        /**
         * VisitIn
         * @description A visit, or a version of it made from version `seen`. `overrides`: that version was looked at, and mine holds.
         */
        VisitIn: {
            /**
             * 网格
             * @default null
             */
            area?: string | null;
            /**
             * 要上报的事
             * @default null
             */
            case?: components["schemas"]["MatterIn"] | null;
            /**
             * 和谁一起
             * @default []
             */
            company?: string[];
            /**
             * 哪一户室
             * @default null
             */
            dwelling?: string | null;
            /**
             * 哪个单位
             * @default null
             */
            establishment?: string | null;
            /**
             * 照片、录音
             * @description 最多 9 个
             * @default []
             */
            files?: components["schemas"]["RecordFileIn"][];
            /**
             * 哪天再去
             * @default null
             */
            follow_up_on?: string | null;
            /**
             * 哪一户
             * @default null
             */
            household?: string | null;
            /**
             * 怎么见的
             * @description home、phone、met
             * @default home
             */
            kind?: string;
            /**
             * 谈得怎样
             * @default
             */
            mood?: string;
            /**
             * 建议关照
             * @default null
             */
            need?: components["schemas"]["NeedIn"] | null;
            /**
             * 见到没有
             * @description met、nobody、later
             * @default met
             */
            outcome?: string;
            /**
             * 看过的版本
             * @default null
             */
            overrides?: number | null;
            /**
             * 走访谁
             * @default null
             */
            person?: string | null;
            /**
             * 所见版本
             * @default 0
             */
            seen?: number;
            /**
             * 谈了什么
             * @default []
             */
            topics?: string[];
            /**
             * 哪次走访
             * Format: uuid
             */
            visit: string;
            /**
             * 什么时候
             * @default null
             */
            visited_at?: string | null;
            /**
             * 谁去的
             * @description self、colleague、neighbour
             * @default self
             */
            went?: string;
            /**
             * 心愿
             * @default
             */
            wish?: string;
            /**
             * 日记
             * @default
             */
            words?: string;
        };
        /**
         * VisitSaveRecordIn
         * @description 走访 (visit.save).
         */
        VisitSaveRecordIn: {
            /**
             * 在哪一条之后
             * @default null
             */
            after?: string | null;
            data: components["schemas"]["VisitIn"];
            /**
             * 编号
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "visit.save";
            /**
             * 什么时候做的
             * Format: date-time
             * @description 设备的时钟
             */
            made_at: string;
        };
        /**
         * VisitsPackOut
         * @description What a visitor carries.
         */
        VisitsPackOut: {
            /** Calls */
            calls: components["schemas"]["CallOut"][];
            choices: components["schemas"]["VisitChoicesOut"];
            /** Diary */
            diary: components["schemas"]["DiaryOut"][];
            /** Signs */
            signs: components["schemas"]["SignOut"][];
            /** Whom */
            whom: components["schemas"]["WhomOut"][];
        };
        /**
         * VisitsSectionOut
         * @description The section visits, and the tag of what it holds.
         */
        VisitsSectionOut: {
            data: components["schemas"]["VisitsPackOut"];
            /** Tag */
            tag: string;
        };
        /**
         * WalkedIn
         * @description A stretch of the way, for the walker's own eyes; the record is made when its last place was noted.
         */
        WalkedIn: {
            /** 位置 */
            fixes: components["schemas"]["FixIn"][];
            /**
             * 哪一轮
             * Format: uuid
             */
            round: string;
        };
        /**
         * WhistleIn
         * @description Which units are called, to where, and why.
         */
        WhistleIn: {
            /**
             * 紧急，30 分钟内到
             * @default false
             */
            is_urgent?: boolean;
            /** 说明 */
            note: string;
            /**
             * 到哪里
             * @default
             */
            place?: string;
            /** 叫哪些单位 */
            units: string[];
        };
        /**
         * WhistleOut
         * @description One call to units.
         */
        WhistleOut: {
            /**
             * Called At
             * Format: date-time
             */
            called_at: string;
            /** Calls */
            calls: components["schemas"]["CallOut"][];
            /** Consulted At */
            consulted_at: string | null;
            /** Is Urgent */
            is_urgent: boolean;
            /** Minutes */
            minutes: string;
            /** Place */
            place: string;
            /** Plan */
            plan: string;
            /** Reason */
            reason: string;
        };
        /**
         * WhomOut
         * @description Somebody to visit, or a home; the name is masked. `form`: what is known of them, to be confirmed on the way.
         */
        WhomOut: {
            /** Address */
            address: string;
            /** Due */
            due: string | null;
            /** Dwelling */
            dwelling: string;
            form: components["schemas"]["FormOut"] | null;
            /** Name */
            name: string;
            /** Needs */
            needs: string[];
            /** Person */
            person: string;
            /** Weight */
            weight: number;
            /** Why */
            why: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
