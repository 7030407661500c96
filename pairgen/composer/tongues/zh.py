"""Chinese as it is written with simplified characters."""

from typing import Final

from pairgen.composer.lexicon import words
from pairgen.composer.tongue import DomainWords, Tongue

_DOMAINS: Final = {
    "e-commerce": DomainWords(
        brands=words("木棉生活 | 青禾家居 | 山舍良品 | 半夏杂货 | 归物集 | 云织优选"),
        nav=words("新品 | 厨房用品 | 卧室家纺 | 户外 | 灯具 | 特惠专区 | 礼品 | 收纳 | 手工作坊"),
        items=words("""羊毛毯 | 陶瓷餐盘 | 实木边桌 | 手冲咖啡壶 | 棉麻浴巾 | 帆布手提袋 | 藤编收纳篮 | 台灯 |
            野餐垫 | 竹制砧板 | 香薰烛台 | 围裙"""),
    ),
    "SaaS/tool": DomainWords(
        brands=words("云帆协作 | 简流 | 星环工作台 | 数栈云 | 一拍即合 | 轻舟办公"),
        nav=words("产品功能 | 价格方案 | 开发文档 | 更新日志 | 客户案例 | 集成应用 | 模板库 | 安全与合规"),
        items=words("""项目看板 | 审批流程 | 数据报表 | 团队日历 | 自动备份 | 消息提醒 | 表单工具 | 权限设置 |
            工时统计 | 接口服务 | 知识库 | 客服工单"""),
    ),
    "news/media": DomainWords(
        brands=words("江城晨报 | 南方纪事 | 海岸观察 | 新城日报 | 都市晚报 | 河谷新闻网"),
        nav=words("时政 | 财经 | 国际 | 文化 | 体育 | 科技 | 评论 | 天气 | 视频 | 地方新闻"),
        items=words("""住房调查 | 交通报道 | 预算解读 | 气象观察 | 港口专题 | 教育专栏 | 粮价追踪 | 能源访谈 |
            旧城改造报道 | 消费调查 | 农业纪实 | 人物专访"""),
    ),
    "education": DomainWords(
        brands=words("明德学院 | 育才在线 | 松江职业学校 | 知行课堂 | 枫林大学 | 启明书院"),
        nav=words("课程 | 招生信息 | 校园生活 | 科学研究 | 图书馆 | 校友 | 奖学金 | 校历 | 师资队伍"),
        items=words("""统计学入门 | 海洋生物课 | 城市史讲座 | 机器人课程 | 陶艺班 | 语言学研讨 | 天文观测课 |
            护理培训 | 电影赏析课 | 木工班 | 经济学原理 | 植物学实习"""),
    ),
    "government": DomainWords(
        brands=words("澄川市政务服务网 | 枫溪区人民政府 | 云桥县便民中心 | 莲塘街道办事处 | 平安市民之家"),
        nav=words("政务公开 | 办事指南 | 税费缴纳 | 公共交通 | 垃圾分类 | 政策文件 | 企业服务 | 民意征集"),
        items=words("""停车许可 | 建房审批 | 借书证办理 | 公交卡申领 | 纳税申报 | 出生登记 | 道路维修 | 住房补贴 |
            规划公示 | 老年优待证 | 摊位登记 | 防汛通知"""),
    ),
    "healthcare": DomainWords(
        brands=words("仁和医院 | 康宁门诊 | 柳叶诊所 | 北岸健康中心 | 安心儿科 | 同泰康复"),
        nav=words("预约挂号 | 科室介绍 | 就诊须知 | 检查报告 | 急诊 | 药房 | 体检中心 | 住院服务"),
        items=words("""健康体检 | 疫苗接种 | 视力检查 | 血液检测 | 睡眠门诊 | 过敏筛查 | 口腔护理 | 营养咨询 |
            听力测试 | 康复训练 | 皮肤检查 | 复诊服务"""),
    ),
    "finance": DomainWords(
        brands=words("恒信银行 | 远山财富 | 磐石保险 | 汇川证券 | 青木储蓄 | 江源信托"),
        nav=words("个人账户 | 贷款 | 投资理财 | 银行卡 | 保险 | 利率公告 | 网点查询 | 对公业务"),
        items=words("""储蓄账户 | 房屋贷款 | 债券基金 | 旅行信用卡 | 养老计划 | 指数基金 | 小微贷款 | 定期存款 |
            购车贷款 | 教育金计划 | 家庭保险 | 外币兑换"""),
    ),
    "travel": DomainWords(
        brands=words("慢行旅行 | 远岸假期 | 山野足迹 | 云上旅程 | 候鸟出行 | 渡口游记"),
        nav=words("目的地 | 城市漫步 | 铁路旅行 | 徒步 | 海岛 | 限时特价 | 旅行攻略 | 我的行程"),
        items=words("""古镇徒步 | 海岛度假 | 草原露营 | 茶园之旅 | 夜行列车 | 骑行路线 | 湖畔民宿 | 温泉假期 |
            美食路线 | 帆船体验 | 雪山之旅 | 渔村小住"""),
    ),
    "food/restaurant": DomainWords(
        brands=words("炊烟小馆 | 盐与米 | 巷口面家 | 桂花厨房 | 渔舟食堂 | 老灶台"),
        nav=words("菜单 | 订座 | 外卖点餐 | 酒水单 | 食谱 | 包间预订 | 早餐 | 储值礼券"),
        items=words("""红烧排骨 | 清蒸鲈鱼 | 酸汤牛肉 | 菌菇汤 | 桂花糕 | 葱油拌面 | 腊味煲仔饭 | 凉拌黄瓜 | 小笼包 |
            南瓜粥 | 豆腐煲 | 梅子茶"""),
    ),
    "real estate": DomainWords(
        brands=words("安居置业 | 青瓦房产 | 邻里租房 | 城南地产 | 望海家园 | 一砖一瓦"),
        nav=words("买房 | 租房 | 卖房 | 新楼盘 | 房产估价 | 片区指南 | 经纪人 | 房贷计算"),
        items=words("""两居公寓 | 临街商铺 | 花园洋房 | 单身公寓 | 复式住宅 | 河景房 | 联排别墅 | 学区住宅 |
            顶层公寓 | 老城小院 | 精装套房 | 写字间"""),
    ),
    "portfolio": DomainWords(
        brands=words("林间设计工作室 | 白墙摄影 | 纸上建筑 | 许朗插画 | 素光影像 | 字里行间"),
        nav=words("作品 | 设计过程 | 展览 | 随笔 | 合作客户 | 版画 | 委托创作"),
        items=words("""海报系列 | 书籍装帧 | 展厅设计 | 品牌标识 | 人像摄影 | 字体设计 | 导视系统 | 插画集 |
            室内改造 | 舞台布景 | 包装设计 | 纸艺装置"""),
    ),
    "corporate": DomainWords(
        brands=words("华岳集团 | 中峦材料 | 恒达物流 | 北辰工业 | 瑞川工程 | 东屏控股"),
        nav=words("集团概况 | 业务领域 | 可持续发展 | 投资者关系 | 新闻中心 | 公司治理 | 供应商 | 技术创新"),
        items=words("""货运网络 | 水泵设备 | 环保包装 | 设备维护 | 钢材加工 | 冷链仓储 | 车队服务 | 检测中心 |
            储能系统 | 轴承生产线 | 回收工厂 | 控制系统"""),
    ),
    "social/community": DomainWords(
        brands=words("邻里圈 | 同城小站 | 围炉 | 拾光社区 | 树洞广场 | 一起玩"),
        nav=words("小组 | 同城活动 | 私信 | 发现 | 收藏夹 | 二手集市 | 话题 | 通知"),
        items=words("""骑行小组 | 编织小组 | 种花交流会 | 象棋社 | 读书会 | 观星活动 | 跑步团 | 烘焙小组 | 观鸟活动 |
            桌游聚会 | 摄影小组 | 方言角"""),
    ),
    "entertainment": DomainWords(
        brands=words("银幕时光 | 夜航电台 | 灯影剧场 | 回声唱片 | 纸月亮影院 | 大戏台"),
        nav=words("正在热映 | 剧集 | 现场演出 | 音乐 | 购票 | 排期表 | 播客 | 影评 | 影展"),
        items=words("""话剧专场 | 民谣演出 | 纪录片展映 | 悬疑剧集 | 动画短片 | 交响音乐会 | 相声专场 | 舞剧演出 |
            老电影放映 | 儿童剧 | 爵士之夜 | 广播剧"""),
    ),
    "other": DomainWords(
        brands=words("绿径公益 | 老磨坊花园 | 灯塔基金会 | 湿地之友 | 青杉合唱团 | 流浪动物之家"),
        nav=words("参观 | 志愿服务 | 捐赠 | 我们在做什么 | 活动日程 | 成员 | 公益项目 | 交通路线"),
        items=words("""植树活动 | 开放日 | 鸟类调查 | 旧物修理日 | 图书交换 | 合唱音乐会 | 灯会 | 河道清理 |
            园艺课堂 | 湿地导览 | 档案展 | 义卖集市"""),
    ),
}

_CATALOGUE: Final = {
    "{month}": "{month}",
    "{weekday}": "{weekday}",
    "{sign}{change}% since {when}": "较{when} {sign}{change}%",
    "Please enter": "请输入",
    "Type here": "在此填写",
    "Your answer": "您的回答",
    "Tell us": "请告诉我们",
    "Optional": "选填",
    "You can change it later": "之后可以修改",
    "Leave blank if unsure": "不确定可留空",
    "At least {few} characters": "至少{few}个字",
    "In your own words": "请用自己的话描述",
    "We never share this": "我们不会对外透露",
    "Used for reminders only": "仅用于发送提醒",
    "As on your passport": "请与护照一致",
    "Please write in full": "请填写全称",
    "In dollars": "以元为单位",
    "A rough figure will do": "填写大致数目即可",
    "Day and month": "请填写月和日",
    "From tomorrow onwards": "最早从明天开始",
    "Spaces and dashes are fine": "可包含空格和短横线",
    "The nearest one will do": "选择最近的即可",
    "Local time": "当地时间",
    "Cancel": "取消",
    "Save draft": "保存草稿",
    "Go back": "返回上一步",
    "Start over": "重新填写",
    "Keep me posted about news from {place}": "请把{place}的最新消息发给我",
    "I agree that you may call me back": "我同意接受电话回访",
    "Send a copy to my own address": "抄送一份到我的邮箱",
    "I have read the notice of {month} {year}": "我已阅读{year}年{month}的须知",
    "Remember these details for next time": "记住以上信息，下次自动填写",
    "Total": "合计",
    "Your summary": "您的清单",
    "At a glance": "一目了然",
    "Overview": "概览",
    "What you pay": "应付金额",
    "In short": "简要说明",
    "Narrow it down": "缩小范围",
    "Filter by": "筛选条件",
    "Show only": "仅显示",
    "Refine": "精确筛选",
    "Good to know": "温馨提示",
    "Search {thing}": "搜索{thing}",
    "Try {thing}": "试试{thing}",
    "Find {thing}": "查找{thing}",
    "Look for {thing}": "想找{thing}？",
    "Mon": "周一",
    "Tue": "周二",
    "Wed": "周三",
    "Thu": "周四",
    "Fri": "周五",
    "Sat": "周六",
    "Sun": "周日",
    "Hol": "节假日",
    "Who to meet": "值得认识的人",
    "People nearby": "附近的人",
    "New faces": "新面孔",
    "Around {place}": "{place}周边",
    "Related": "相关内容",
    "On this page": "本页目录",
    "Most read": "阅读最多",
    "See also": "另请参阅",
    "Keep going": "继续浏览",
    "Did you know?": "您知道吗？",
    "A note from {person}": "{person}的留言",
    "Correction": "更正",
    "replies": "条回复",
    "likes": "次点赞",
    "shares": "次分享",
    "thanks": "次感谢",
    "views": "次浏览",
    "saves": "次收藏",
    "Starter": "入门版",
    "Essential": "标准版",
    "Plus": "进阶版",
    "Team": "团队版",
    "Household": "家庭版",
    "Complete": "完整版",
    "Patron": "尊享版",
    "Basic": "基础版",
    "Premium": "高级版",
    "Solo": "个人版",
}

_MONTHS: Final = words("一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月")
_WEEKDAYS: Final = words("周一|周二|周三|周四|周五|周六")
_PLACES: Final = words(
    """杭州 | 成都 | 苏州 | 昆明 | 青岛 | 厦门 | 西安 | 长沙 | 桂林 | 大连 | 洛阳 | 绍兴 | 泉州 | 贵阳 | 兰州 | 烟台 |
    扬州 | 珠海 | 哈尔滨 | 南宁 | 合肥 | 宜昌 | 丽江 | 银川"""
)
_FIRST_NAMES: Final = words(
    """雨桐 | 思远 | 建国 | 晓燕 | 志强 | 静怡 | 浩然 | 美玲 | 俊杰 | 雪梅 | 文博 | 佳宁 | 明轩 | 丽华 | 子涵 | 秀英 |
    天宇 | 若兰 | 国栋 | 欣怡 | 一鸣 | 春晓 | 海涛 | 婉清"""
)
_STREETS: Final = words(
    """解放路 | 中山路 | 人民路 | 建设路 | 和平街 | 文昌巷 | 滨河路 | 新华大街 | 学府路 | 梧桐街 | 桃源路 | 长安街 |
    青年路 | 花园巷 | 迎宾大道 | 柳荫街"""
)
_SHORT_MONTHS: Final = words("1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月")

TONGUE: Final = Tongue(
    code="zh-Hans",
    font="'Noto Sans CJK SC'",
    serif="'Noto Serif CJK SC'",
    stop="。",
    first_names=_FIRST_NAMES,
    last_names=words(
        "王|李|张|刘|陈|杨|赵|黄|周|吴|徐|孙|胡|朱|高|林|何|郭|马|罗|梁|宋|郑|谢|韩|唐|冯|董|程|沈|欧阳|诸葛"
    ),
    person="{last}{first}",
    places=_PLACES,
    streets=_STREETS,
    address="{street}{number}号",
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    date="{month}{day}日",
    short_months=_SHORT_MONTHS,
    money="¥{amount}",
    qualities=words("全新 | 精选 | 热门 | 春季 | 夏季 | 秋季 | 冬季 | 本地 | 特色 | 最新 | 当季 | 新版"),
    thing="{quality}{item}",
    sentences=words(
        """自{year}年以来，已有{big}人对{thing}作出评价 | {month}起，{place}的居民也可以在线查看{thing} |
        我们在{place}的团队每{weekday}都会更新这一页 | {person}用了{few}年时间整理这些资料 |
        约有{pct}的访客是通过朋友介绍找到我们的 | 有关{thing}的常见问题，请先查看帮助页面 |
        每逢{weekday}上午，{street}的服务点照常开放 | 到{soon}年，我们希望把这项服务带到{place} |
        {thing}的详细说明将在{month}初公布 | 过去{n}天里，我们收到了{big}条留言 |
        {person}从{year}年起负责{place}的日常工作 | 如果您有不同意见，请在{n}天之内告诉我们 |
        {place}和{street}两处都可以现场咨询{thing} | 去年{month}，我们第一次在{place}介绍了{thing} |
        所有内容都经过{few}位编辑的仔细核对 | 一般情况下，{n}分钟之内就会有人回复您 |
        {thing}比去年更受欢迎，关注人数增加了{pct} | 很多人专程从{place}赶来，就是想了解{thing} |
        我们会在每月{day}日发布最新的数据 | 列表中的蓝色标签表示仍有余位 | 红色图标表示名额已满，可以先登记排队 |
        绿色按钮可以随时带您回到上一页 | {month}的安排已经确定，请留意后续通知 |
        {person}在{place}生活了{n}年，对这里的一切都很熟悉 | 第一次来访的话，可以先从{thing}开始了解 |
        在{place}，每{few}个家庭中就有一个听说过{thing} | 请提前{few}天联系我们，以便做好准备 |
        {weekday}下午人比较少，适合慢慢了解{thing} | 自{year}年以来，我们一直坚持亲自回复每一封来信 |
        {thing}的现场咨询名额有限，先到先得 | 我们把{n}条建议整理成了一份简短的清单 |
        {person}认为，最难的部分是迈出第一步 | 从市中心到{street}，乘公交车只需要{n}分钟 |
        今年有{pct}的用户选择了线上办理 | 夏季我们每周多开放{few}个小时 | 冬季的{weekday}，我们会提前一小时结束接待 |
        这份介绍最早写于{year}年，{month}又做了补充 | 老人凭有效证件可以享受优惠 |
        {thing}由{person}和{place}的伙伴共同完成 | 我们相信，把小事做好比说大话更重要 |
        受天气影响，{place}的部分安排改到{weekday}进行 | 截至{month}底，共有{big}人报名参加 |
        {person}每个{weekday}都会在{street}等候大家 | 大家最常问的三个问题，我们都写在了下面 |
        去年秋季，{thing}在{place}获得了很好的评价 | 您可以通过邮件与我们取得联系 | 预约成功之后，我们会用短信提醒您 |
        {n}名志愿者和{few}位专家参与了这次评审 | 我们会保留您的记录{n}个月，之后自动删除 |
        从{month}开始，{thing}的介绍会更加详细 | 只要五个步骤就能完成申请，全程不用排队 |
        从{street}坐地铁到这里大约需要{n}分钟 | 未来两年，我们计划在{place}再开设{few}个服务点"""
    ),
    headlines=words(
        """来自{place}的消息 | 走近{thing} | 去{place}看看的{n}个理由 | {month}有哪些新变化 | {person}谈{thing} |
        回望{year}年 | 准备好迎接{month}了吗 | {place}简明指南 | 一文读懂{thing} | 与{person}对话{n}分钟 |
        数字里的{month} | {thing}背后的人 | 下一站，{place} | {weekday}，我们在{place}见 | {thing}为什么受欢迎 |
        {place}的{few}个小故事 | 从{place}到{street} | 给{soon}年的一封信 | 关于{thing}，您想知道的都在这里 |
        {pct}的人选择了{thing}"""
    ),
    kickers=words(
        """本周推荐 | {month}专题 | 始于{year}年 | 来自{place} | 值得一看 | 第{few}期 | 编者之选 | 简讯 | 幕后故事 |
        新手指南 | 大家都在看 | 经验分享 | 近期动态 | 特别策划"""
    ),
    actions=words(
        """了解更多 | 查看详情 | 立即开始 | 联系我们 | 显示全部 | 继续阅读 | 马上加入 | 提交申请 | 免费试用 |
        加入收藏 | 在线咨询 | 分享给好友 | 预约时间 | 查看{place} | 下载资料 | 订阅更新 | 比较一下 | 提个问题 |
        认识{person} | 关于{place}"""
    ),
    badges=words(
        """新上线 | 热门推荐 | 限时 | 编辑推荐 | 仅限{month} | 前{n}名 | 始于{year} | {place} | 免费 | 即将结束 |
        已认证 | 独家 | 口碑之选 | 第{few}期 | 名额有限 | 已完成{pct}"""
    ),
    nav=words("首页 | 关于我们 | 帮助中心 | 最新动态 | 联系方式 | 加入我们 | 常见问题 | 会员中心 | 合作伙伴 | 下载"),
    quotes=words(
        """本来以为要等很久，没想到上午就有了答复 | 每一步都讲得很清楚，从来没有催过我们 | 我已经推荐给了{n}位同事 |
        细节做得很用心，这一点最打动我 | 以前要花一周的事，现在一个下午就办完了 | 第二次去的时候，他们还记得我的名字 |
        建议中肯，价格公道，态度也很亲切 | 我们在{place}的体验比预想的轻松得多 | {person}耐心地给我们讲解了{thing} |
        我怀疑了很多年，事实证明是我错了 | 全家人难得都对同一件事感到满意 | 从{year}年到现在，从来没有让我失望过 |
        流程简单，连我父母都能自己操作 | {month}第一次来，之后每个月都会再来 | 看得出来，这里的人是真心在做事 |
        {thing}完全超出了我的期待 | 用了三年，每一次都很放心"""
    ),
    questions=words(
        """一般需要多长时间？ | 提交之后还可以修改吗？ | 在{place}应该找谁咨询？ | 注册之后会发生什么？ |
        有最短期限的要求吗？ | {weekday}也提供服务吗？ | 需要准备哪些材料？ | 我的信息是如何保存的？ |
        可以带小孩一起来吗？ | 出现问题时该怎么办？ | 团体有没有优惠？ | 附近有停车的地方吗？ |
        {thing}适合所有人吗？ | {month}还有名额吗？ | 怎样取消已经提交的申请？"""
    ),
    foot_links=words(
        """公司介绍 | 媒体报道 | 招聘信息 | 意见反馈 | 无障碍浏览 | 隐私政策 | 使用条款 | 网站地图 | 友情链接 |
        电子期刊 | 服务热线 | 发展历程 | 供应商入口 | 举报投诉 | 服务网点 | 年度报告 | 学生优惠 | 礼品卡 | 版权声明 |
        商务合作 | 用户协议 | 手机版"""
    ),
    foot_heads=words("关于 | 支持与服务 | 探索 | 关注我们 | 资源 | 法律信息 | 到访 | 更多阅读 | 快速入口"),
    options=words(
        """全部 | 最近更新 | {place}附近 | {year}年以后 | 前{n}名 | {month}之前 | 按名称排序 | 仅看有图 | 免费项目 |
        支持预约 | 评价最高 | 适合家庭 | 本周新增 | 线上进行 | 提供中文讲解 | 近期开始 | 无需注册"""
    ),
    roles=words(
        """{place}负责人 | {year}年加入 | 项目主管 | 资深编辑 | 客服经理 | 老用户 | 志愿者 | 特约撰稿人 | 技术顾问 |
        设计师 | 创始人 | {place}居民 | 培训讲师 | 数据分析师"""
    ),
    fields=words(
        """姓名 | 手机号码 | 电子邮箱 | 通讯地址 | 邮政编码 | 出生日期 | 所在城市 | 身份证件号 | 备注 | 首选时间 |
        紧急联系人 | 单位名称 | 参加人数 | 参考编号 | 咨询内容 | 职业 | 推荐人"""
    ),
    statuses=words("进行中 | 已完成 | 待确认 | 已取消 | 已延期 | 审核中 | 即将开始"),
    steps=words("填写信息 | 核对内容 | 选择时间 | 付款 | 确认 | 上传材料 | 选择方案 | 签署 | 完成 | 个人资料"),
    metrics=words(
        """count:累计用户 | count:本月访问 | count:合作伙伴 | percent:满意率 | percent:按时完成 | money:平均支出 |
        score:用户评分 | days:平均等待 | days:最长处理时间 | count:收到的建议"""
    ),
    columns=words("thing:名称 | place:地区 | date:日期 | person:负责人 | count:人数 | status:状态"),
    days="{n}天",
    catalogue=_CATALOGUE,
    domains=_DOMAINS,
    kinds=(
        _MONTHS,
        _WEEKDAYS,
        _PLACES,
        _STREETS,
        _FIRST_NAMES,
        _SHORT_MONTHS,
        words("春季|夏季|秋季|冬季"),
        words("蓝色|红色|绿色|黄色|紫色"),
        words("上午|下午|晚上"),
        words("全新|精选|热门|特色"),
        words("两年|三年|五年"),
        words("同事|朋友|邻居|同学"),
        words("电话|邮件|短信|微信"),
        words("标签|按钮|图标"),
        words("志愿者|设计师|讲师|分析师"),
        words("老人|学生|教师|军人"),
        words("编辑|顾问|主管|经理"),
        words("三个|四个|五个|六个"),
        words("公交车|地铁|出租车|班车"),
        words("隐私政策|使用条款|网站地图|版权声明|用户协议|无障碍浏览"),
        words("媒体报道|招聘信息|年度报告|电子期刊|发展历程|意见反馈"),
        words("免费项目|支持预约|适合家庭|线上进行|无需注册|近期开始"),
        words("了解更多|查看详情|继续阅读|在线咨询|提交申请|加入收藏"),
        words("通讯地址|邮政编码|出生日期|所在城市|单位名称|参加人数"),
        words("进行中|待确认|已取消|已延期|审核中|即将开始"),
        *(domain.items for domain in _DOMAINS.values()),
    ),
)
